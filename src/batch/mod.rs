//! Many invitations at once: so many by a template, or one for each row of a CSV file.
//!
//! An [`Order`] says what is wanted. [`plan`] makes of it what would be written, with everything that is wrong, line by line,
//! and writes nothing: the dry run. [`make`] writes a plan in one transaction: all of it or nothing. [`links`] writes the
//! links as CSV.

pub mod links;
mod make;
mod newlines;
mod order;
mod plan;
mod table;
mod template;

pub use links::Link;
pub use make::{MakeError, make};
pub use order::{MOST, Order, Rows};
pub use plan::{Fault, NAME, Plan, Planned, check_order, plan};
pub use table::{Row, Table};
pub use template::Template;
