//! The mail room: letters are written into an outbox, in the transaction of whoever has something to tell, and sent from
//! there. So no letter tells of what was rolled back, none is lost when the mail server is down, and nobody waits for it.

mod invite;
mod language;
mod letter;
mod post;
mod sender;
mod settings;
mod stage;
mod template;
mod trial;
mod words;

pub use invite::{InviteError, Inviting, address_of, invite, preview, site_of};
pub use language::Language;
pub use letter::{Letter, MailError, enqueue};
pub use post::{Post, Refused, SetupError};
pub use sender::{Clock, Sender};
pub use settings::{LONGEST_TIMEOUT, Mailbox, Password, Secret, Server, Settings, Tls};
pub use stage::OwnServer;
pub use template::{Template, Values};
pub use trial::{TrialError, try_out};
