//! Copying: which way it takes here, and a test of it.

use std::io::{BufRead, Write};

use super::Plain;
use super::talk::Stop;
use crate::console::clipboard::Copied;
use crate::console::event::{Effect, Outcome};

/// Said where there is no terminal, or a dumb one, which would show a control sequence as it is.
const DEAF: &str = "Your terminal takes no clipboard";

impl<R: BufRead, W: Write> Plain<R, W> {
    /// Says which way copying takes, and tests it as often as is wanted.
    pub(super) async fn clipboard(&mut self) -> Result<(), Stop> {
        if let Some(Outcome::ClipboardExplained(lines)) = self.world.perform(Effect::ExplainClipboard).await {
            self.talk.say("")?;
            lines.iter().try_for_each(|line| self.talk.say(line))?;
            if !self.talk.takes_sequences() {
                self.talk.say(&format!("{DEAF}: by OSC 52 nothing is sent."))?;
            }
        }
        while self.talk.choose("Clipboard", &[((), "Test: copy a text".to_owned())])?.is_some() {
            let text = format!("guestlist {}", self.setting.zone.exactly((self.world.clock)()));
            if let Some(Outcome::ClipboardTested(copied, text)) = self.world.perform(Effect::TestClipboard(text)).await
            {
                let otherwise = if self.talk.takes_sequences() || !matches!(copied, Copied::Osc52(_)) {
                    format!("Paste somewhere: it should read `{text}`.")
                } else {
                    "Links can be printed.".to_owned()
                };
                self.copied(&copied, "The test text", &otherwise)?;
            }
        }
        Ok(())
    }

    /// Says which way something went to the clipboard, and sends it where that is up to the terminal. Where nothing can be
    /// sent, `otherwise` says what to do.
    pub(super) fn copied(&mut self, copied: &Copied, what: &str, otherwise: &str) -> Result<(), Stop> {
        if let Copied::Osc52(sequence) = copied
            // The terminal's own sequence, which a screen reader does not read.
            && !self.talk.sequence(sequence)?
        {
            return self.talk.say(&format!("Error: {DEAF}, nothing was sent. {otherwise}"));
        }
        let (good, said) = copied.told(what, otherwise);
        self.talk.say(&if good { said } else { format!("Error: {said}") })
    }
}
