//! The store's contract: each test is written once and runs on SQLite and on PostgreSQL.

mod arranging;
mod changes;
mod claims;
mod counts;
mod enrollments;
mod events;
mod file;
mod flows;
mod groups;
mod invitations;
mod kept;
mod letters;
mod mail_links;
mod opening;
mod pages;
mod policies;
mod restore;
mod search;
mod sessions;
mod stages;
mod upgrade;
mod users;
