//! Which way a link gets into the clipboard of the person's own machine, however many hops away.
//!
//! The decision is a function of the environment; doing it is `runtime`'s. Nobody tells us whether a terminal took what
//! it was sent, so no message claims it.

use std::time::Duration;

use base64::Engine;

pub use crate::config::Clipboard as ClipboardMode;

/// Where the program runs, as far as the clipboard cares.
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own about the environment")]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Inside tmux: `$TMUX`.
    pub tmux: bool,
    /// Inside GNU screen: `$STY`.
    pub screen: bool,
    /// Over SSH: `$SSH_CONNECTION` or `$SSH_TTY`.
    pub ssh: bool,
    /// With a display: `$DISPLAY` or `$WAYLAND_DISPLAY`, or on macOS.
    pub display: bool,
    /// `$TERM`.
    pub term: String,
}

impl Surroundings {
    /// Reads the environment.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        Self {
            tmux: set("TMUX"),
            screen: set("STY"),
            ssh: set("SSH_CONNECTION") || set("SSH_TTY"),
            display: set("DISPLAY") || set("WAYLAND_DISPLAY") || cfg!(target_os = "macos"),
            term: variable("TERM").unwrap_or_default(),
        }
    }
}

/// How OSC 52 must be wrapped to get through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapping {
    /// Not at all.
    Raw,
    /// For GNU screen: in device control strings, in pieces.
    Screen,
    /// Raw, then for a tmux between us and the terminal, which takes one or the other by its settings.
    RawThenTmux,
    /// Raw, then for GNU screen: which of the two lies between us and the terminal can't be told.
    RawThenScreen,
}

/// One way to the clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// `tmux load-buffer -w`.
    Tmux,
    /// A control sequence.
    Osc52(Wrapping),
    /// The machine's own clipboard.
    Native,
}

/// The ways to try, in order.
pub fn ways(mode: ClipboardMode, here: &Surroundings) -> Vec<Way> {
    let osc52 = Way::Osc52(wrapping(here));
    match mode {
        ClipboardMode::Off => Vec::new(),
        ClipboardMode::Osc52 => vec![osc52],
        ClipboardMode::Native => vec![Way::Native],
        ClipboardMode::Tmux => vec![Way::Tmux],
        ClipboardMode::Auto if here.tmux => vec![Way::Tmux, osc52],
        ClipboardMode::Auto if here.ssh || !here.display => vec![osc52],
        ClipboardMode::Auto => vec![Way::Native, osc52],
    }
}

fn wrapping(here: &Surroundings) -> Wrapping {
    if here.tmux {
        Wrapping::RawThenTmux
    } else if here.screen {
        Wrapping::Screen
    } else if here.term.starts_with("tmux") {
        Wrapping::RawThenTmux
    } else if here.term.starts_with("screen") {
        // GNU screen would print a sequence that is wrapped for tmux; tmux ignores one that is wrapped for screen.
        Wrapping::RawThenScreen
    } else {
        Wrapping::Raw
    }
}

/// The most that terminals take, encoded.
const MOST: usize = 74_994;

/// GNU screen takes device control strings of at most 768 bytes.
const SCREEN_PIECE: usize = 500;

/// The control sequence that puts a text into the terminal's clipboard; none where the text is too long for it.
pub fn osc52(text: &str, wrapping: Wrapping) -> Option<String> {
    let encoded = base64::engine::general_purpose::STANDARD.encode(text);
    if encoded.len() > MOST {
        return None;
    }
    let raw = format!("\x1b]52;c;{encoded}\x07");
    let screen = || {
        let bytes: Vec<char> = raw.chars().collect();
        let piece = |piece: &[char]| format!("\x1bP{}\x1b\\", piece.iter().collect::<String>());
        bytes.chunks(SCREEN_PIECE).map(piece).collect::<String>()
    };
    Some(match wrapping {
        Wrapping::Raw => raw,
        Wrapping::Screen => screen(),
        Wrapping::RawThenScreen => format!("{raw}{}", screen()),
        Wrapping::RawThenTmux => format!("{raw}\x1bPtmux;\x1b{raw}\x1b\\"),
    })
}

/// How a copy ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copied {
    /// tmux took it and passes it on.
    Tmux,
    /// tmux took it, and says that the terminal around it takes no clipboard.
    TmuxDeaf,
    /// To be written to the terminal.
    Osc52(String),
    /// It is in this machine's clipboard.
    Native,
    /// No way is allowed.
    Off,
    /// Every way failed.
    Failed(String),
}

impl Copied {
    /// What is known of a copied link, and no more; `false` where it must not be overlooked.
    pub fn message(&self) -> (bool, String) {
        self.told("The link", "L shows the link.")
    }

    /// The same of something else that was copied; `else_` says what to do where it did not arrive.
    pub fn told(&self, what: &str, else_: &str) -> (bool, String) {
        match self {
            Self::Tmux => (true, format!("{what} was sent to your terminal through tmux, unconfirmed: {else_}")),
            Self::TmuxDeaf => (
                false,
                format!(
                    "tmux took it, but your terminal takes no clipboard from it (Ms is missing). If it could, add to tmux.conf: set -as terminal-features ',*:clipboard'. {else_}"
                ),
            ),
            Self::Osc52(_) => (true, format!("{what} was sent to your terminal by OSC 52, unconfirmed: {else_}")),
            Self::Native => (true, format!("{what} was copied to this machine's clipboard.")),
            Self::Off => (false, format!("The clipboard is switched off. {else_}")),
            Self::Failed(why) => (false, format!("{what} was not copied: {why}. {else_}")),
        }
    }
}

/// What is done and why, a line each, as far as the environment tells.
pub fn explain(mode: ClipboardMode, here: &Surroundings) -> Vec<String> {
    let why_auto = if here.tmux {
        "because $TMUX is set"
    } else if here.ssh {
        "because this is an SSH session ($SSH_CONNECTION)"
    } else if here.display {
        "because this machine has a display"
    } else {
        "because there is no display here"
    };
    let why = if mode == ClipboardMode::Auto { why_auto } else { "because the configuration says so (`clipboard`)" };
    let ways = ways(mode, here);
    let mut lines = vec![match ways.len() {
        0 => "Nothing is copied: `clipboard: off` in the configuration.".to_owned(),
        1 => format!("Copying takes this way, {why}:"),
        _ => format!("Copying tries these ways in turn, {why}:"),
    }];
    lines.extend(ways.iter().enumerate().map(|(place, way)| format!("  {}. {}", place + 1, way.label())));
    lines
}

impl Way {
    fn label(self) -> &'static str {
        match self {
            Self::Tmux => "tmux: `tmux load-buffer -w` hands it to the terminal around tmux",
            Self::Native => "the clipboard of the machine that this runs on",
            Self::Osc52(Wrapping::Raw) => "OSC 52, a control sequence that your terminal takes or ignores",
            Self::Osc52(Wrapping::Screen) => "OSC 52, wrapped for GNU screen ($STY)",
            Self::Osc52(Wrapping::RawThenTmux) => "OSC 52, raw and wrapped for tmux",
            Self::Osc52(Wrapping::RawThenScreen) => "OSC 52, raw and wrapped for GNU screen ($TERM)",
        }
    }
}

/// What tmux says about itself, a line each.
pub async fn explain_tmux() -> Vec<String> {
    let version = run_tmux(&["-V"], None).await.unwrap_or_else(|why| why);
    let setting = run_tmux(&["show-options", "-sv", "set-clipboard"], None).await.unwrap_or_else(|why| why);
    let mut lines = vec![format!("  {}, set-clipboard {}", version.trim(), setting.trim())];
    if is_deaf().await {
        lines.push("  The terminal around tmux takes no clipboard from it (Ms is missing).".to_owned());
    }
    lines
}

/// How long tmux may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// Hands a text to tmux, which passes it to the terminal around it. The text goes by standard input, so that no process
/// list shows it, and tmux's copy is deleted again.
pub async fn through_tmux(text: &str) -> Result<Copied, String> {
    let buffer = format!("guestlist-{}", std::process::id());
    let loaded = run_tmux(&["load-buffer", "-w", "-b", &buffer, "-"], Some(text)).await;
    // Whatever happened: a secret must not stay behind. Where there is no such buffer nothing is lost.
    let _ = run_tmux(&["delete-buffer", "-b", &buffer], None).await;
    loaded?;
    Ok(if is_deaf().await { Copied::TmuxDeaf } else { Copied::Tmux })
}

/// Whether tmux says that the terminal around it takes no clipboard.
async fn is_deaf() -> bool {
    let info = run_tmux(&["info"], None).await.unwrap_or_default();
    let client = run_tmux(&["display-message", "-p", "#{client_tty}"], None).await.unwrap_or_default();
    lacks_ms(&info, client.trim())
}

/// Whether what tmux tells of its terminals says that one lacks `Ms`: others may sit in other sessions. Where it is not
/// known which one it is, any.
fn lacks_ms(info: &str, client: &str) -> bool {
    let mut ours = client.is_empty();
    for line in info.lines() {
        if line.starts_with("Terminal ") {
            ours = client.is_empty() || line.contains(&format!(" for {client},"));
        }
        if ours && line.contains(" Ms: [missing]") {
            return true;
        }
    }
    false
}

async fn run_tmux(arguments: &[&str], input: Option<&str>) -> Result<String, String> {
    use std::process::Stdio;
    use tokio::io::AsyncWriteExt;
    let mut child = tokio::process::Command::new("tmux")
        .args(arguments)
        .stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("tmux does not start: {error}"))?;
    let talk = async {
        if let (Some(mut pipe), Some(text)) = (child.stdin.take(), input) {
            pipe.write_all(text.as_bytes()).await?;
        }
        child.wait_with_output().await
    };
    match tokio::time::timeout(PATIENCE, talk).await {
        Ok(Ok(output)) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(Ok(_)) => Err("tmux refused it (version 3.2 or newer is needed)".to_owned()),
        Ok(Err(error)) => Err(format!("tmux: {error}")),
        Err(_) => Err("tmux does not answer".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(words: &str) -> Surroundings {
        let has = |word: &str| words.split(' ').any(|it| it == word);
        let term = words.split(' ').find_map(|word| word.strip_prefix("TERM=")).unwrap_or("xterm-256color");
        Surroundings {
            tmux: has("tmux"),
            screen: has("screen"),
            ssh: has("ssh"),
            display: has("display"),
            term: term.into(),
        }
    }

    #[test]
    fn the_way_to_the_clipboard_follows_from_where_the_program_runs() {
        use ClipboardMode::{Auto, Native, Off, Osc52, Tmux};
        let raw = Way::Osc52(Wrapping::Raw);
        for (mode, words, expected) in [
            (Auto, "tmux", vec![Way::Tmux, Way::Osc52(Wrapping::RawThenTmux)]),
            (Auto, "tmux ssh display", vec![Way::Tmux, Way::Osc52(Wrapping::RawThenTmux)]),
            (Auto, "ssh", vec![raw]),
            (Auto, "ssh display", vec![raw]),
            (Auto, "", vec![raw]),
            (Auto, "display", vec![Way::Native, raw]),
            (Auto, "screen", vec![Way::Osc52(Wrapping::Screen)]),
            (Auto, "ssh TERM=tmux-256color", vec![Way::Osc52(Wrapping::RawThenTmux)]),
            (Auto, "ssh TERM=screen-256color", vec![Way::Osc52(Wrapping::RawThenScreen)]),
            (Osc52, "display", vec![raw]),
            (Native, "ssh", vec![Way::Native]),
            (Tmux, "", vec![Way::Tmux]),
            (Off, "display", vec![]),
        ] {
            assert_eq!(ways(mode, &here(words)), expected, "{mode:?} {words}");
        }
    }

    #[test]
    fn osc_52_is_wrapped_for_what_lies_between() {
        assert_eq!(osc52("hi", Wrapping::Raw).unwrap(), "\x1b]52;c;aGk=\x07");
        assert_eq!(osc52("hi", Wrapping::Screen).unwrap(), "\x1bP\x1b]52;c;aGk=\x07\x1b\\");
        assert_eq!(
            osc52("hi", Wrapping::RawThenTmux).unwrap(),
            "\x1b]52;c;aGk=\x07\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\"
        );
        let long = osc52(&"x".repeat(1_000), Wrapping::Screen).unwrap();
        assert!(long.split("\x1b\\").all(|piece| piece.len() < 768));
    }

    #[test]
    fn what_no_terminal_takes_is_not_sent() {
        assert_eq!(osc52(&"x".repeat(60_000), Wrapping::Raw), None);
    }

    #[test]
    fn the_way_is_explained_with_its_reason() {
        let lines = explain(ClipboardMode::Auto, &here("ssh"));
        assert_eq!(lines[0], "Copying takes this way, because this is an SSH session ($SSH_CONNECTION):");
        assert_eq!(explain(ClipboardMode::Auto, &here("tmux ssh")).len(), 3);
        assert!(explain(ClipboardMode::Off, &here(""))[0].contains("clipboard: off"));
        assert!(explain(ClipboardMode::Native, &here(""))[0].contains("the configuration says so"));
    }

    #[test]
    fn only_the_terminal_that_looks_at_it_is_asked_whether_it_takes_a_clipboard() {
        let info = "Terminal 0: vt100 for /dev/pts/1, flags=0x20:\n 192: Ms: [missing]\n\
                    Terminal 1: xterm-256color for /dev/pts/12, flags=0x20:\n 192: Ms: (string) \\033]52;%p1%s;%p2%s\\a\n";
        assert!(lacks_ms(info, "/dev/pts/1"));
        assert!(!lacks_ms(info, "/dev/pts/12"));
        assert!(!lacks_ms(info, "/dev/pts/2"));
        assert!(lacks_ms(info, ""));
    }

    #[test]
    fn a_message_claims_a_copy_only_where_one_is_known() {
        for copied in [Copied::Tmux, Copied::Osc52(String::new())] {
            assert!(copied.message().1.contains("unconfirmed"));
        }
        assert!(Copied::Native.message().1.contains("was copied"));
    }
}
