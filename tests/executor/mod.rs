//! Flows run for a visitor: answers in, steps out, at a fixed time.

mod back;
mod checked;
mod expressions;
mod flow_changes;
pub mod guarded;
pub mod identity;
mod late;
mod leaked;
mod leaving;
mod mailed;
mod not_executed;
mod own_account;
mod prefilled;
mod preview;
mod redirected;
mod reevaluated;
mod shapes;
mod taken;
mod visitor;
mod walk;
