//! Keys in, effects and screen out, on the real store.

mod harness;

mod ahead;
mod batch;
mod blueprints;
mod conflicts;
mod dialog;
mod drive;
mod editing;
mod events;
mod hostile;
mod importing;
mod inviting;
mod letters;
mod lists;
mod looks;
mod marks;
mod outage;
mod palette;
mod people;
mod places;
mod plain;
mod preview;
mod random;
mod read_only;
mod reference;
mod sizes;
mod stages;
mod time;
mod undo;
mod working;
