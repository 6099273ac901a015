//! Hyperlinks (OSC 8): which terminals have them, and how one is written.

/// Whether the terminal is known to show hyperlinks. Others may print rubbish, so silence means no; `FORCE_HYPERLINK`
/// (0 or 1) is the person's own word.
pub fn is_known(variable: impl Fn(&str) -> Option<String>) -> bool {
    let get = |name: &str| variable(name).filter(|value| !value.is_empty());
    let set = |name: &str| get(name).is_some();
    if let Some(forced) = get("FORCE_HYPERLINK") {
        return forced != "0";
    }
    let (term, program) = (get("TERM").unwrap_or_default(), get("TERM_PROGRAM").unwrap_or_default());
    let version = get("TERM_PROGRAM_VERSION").unwrap_or_default();
    if set("STY") || term == "linux" || term == "dumb" {
        return false;
    }
    if set("TMUX") {
        return program == "tmux" && at_least(&version, (3, 4));
    }
    if term.starts_with("screen") || term.starts_with("tmux") {
        return false;
    }
    let number = |name: &str| get(name).and_then(|value| value.parse::<u64>().ok()).unwrap_or_default();
    let programs = ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio", "mintty", "WarpTerminal"];
    let terms = ["xterm-kitty", "xterm-ghostty", "foot", "alacritty", "wezterm", "contour"];
    programs.contains(&program.as_str())
        || terms.iter().any(|known| term.starts_with(known))
        || number("VTE_VERSION") >= 5_000
        || number("KONSOLE_VERSION") >= 201_200
        || set("KITTY_WINDOW_ID")
        || set("WT_SESSION")
        || set("DOMTERM")
}

/// Whether a version such as `3.5a` or `next-3.6` is at least another.
fn at_least(version: &str, wanted: (u32, u32)) -> bool {
    let mut numbers = version.trim_start_matches("next-").split('.').map(|part| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().unwrap_or_default()
    });
    (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default()) >= wanted
}

/// A link as a hyperlink to itself; plain where it holds what could end the sequence.
pub fn linked(link: &str) -> String {
    if link.chars().all(|c| c.is_ascii_graphic()) {
        format!("\x1b]8;;{link}\x1b\\{link}\x1b]8;;\x1b\\")
    } else {
        link.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_terminals_that_are_known_get_hyperlinks() {
        let known = |words: &str| {
            is_known(|name| {
                let found = words.split(' ').filter_map(|word| word.split_once('=')).find(|(key, _)| *key == name);
                found.map(|(_, value)| value.to_owned())
            })
        };
        for words in [
            "TERM=xterm-kitty",
            "TERM=xterm-256color VTE_VERSION=7600",
            "TERM_PROGRAM=iTerm.app",
            "TMUX=x TERM=tmux-256color TERM_PROGRAM=tmux TERM_PROGRAM_VERSION=3.4",
            "TMUX=x TERM_PROGRAM=tmux TERM_PROGRAM_VERSION=next-3.6",
            "TERM=linux FORCE_HYPERLINK=1",
        ] {
            assert!(known(words), "{words}");
        }
        for words in [
            "",
            "TERM=xterm-256color",
            "TERM=linux",
            "TERM=screen-256color VTE_VERSION=7600",
            "STY=1.pts WT_SESSION=x",
            "TMUX=x TERM_PROGRAM=tmux TERM_PROGRAM_VERSION=3.3a",
            "TMUX=x TERM=tmux-256color VTE_VERSION=7600",
            "TERM=xterm-kitty FORCE_HYPERLINK=0",
        ] {
            assert!(!known(words), "{words}");
        }
    }

    #[test]
    fn a_hyperlink_leads_to_what_it_shows() {
        assert_eq!(linked("https://a/b"), "\x1b]8;;https://a/b\x1b\\https://a/b\x1b]8;;\x1b\\");
        assert_eq!(linked("https://a/\u{7}b"), "https://a/\u{7}b");
    }
}
