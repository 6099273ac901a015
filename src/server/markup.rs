//! Markup that a blueprint brings: a few harmless elements stay what they are, everything else is shown as the text
//! that it is. What comes out is well formed, so it can't end an element around it.

use std::cell::RefCell;

use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use crate::domain::text::printable_lines;

/// Elements that stay, without their attributes.
const KEPT: &[&str] = &[
    "p", "b", "strong", "i", "em", "u", "code", "ul", "ol", "li", "h1", "h2", "h3", "h4", "a", "span", "div", "small",
];
/// Those of them without content.
const EMPTY: &[&str] = &["br", "hr"];

/// How deep elements may stand in one another.
const DEEPEST: usize = 50;

/// The text as HTML that does no harm.
pub fn harmless(text: &str) -> String {
    let input = BufferQueue::default();
    input.push_back(text.replace("\r\n", "\n").as_str().into());
    let tokenizer = Tokenizer::new(Writer::default(), TokenizerOpts::default());
    // Only a parser that runs scripts ever stops in between.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner().html
}

#[derive(Default)]
struct Writer(RefCell<Written>);

#[derive(Default)]
struct Written {
    html: String,
    open: Vec<&'static str>,
}

impl TokenSink for Writer {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut written = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => written.text(&text),
            Token::TagToken(tag) => written.tag(&tag),
            Token::CommentToken(comment) => written.text(&format!("<!--{comment}-->")),
            Token::EOFToken => written.close(0),
            Token::NullCharacterToken | Token::DoctypeToken(_) | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

impl Written {
    fn text(&mut self, text: &str) {
        for c in printable_lines(text).chars() {
            match c {
                '&' => self.html.push_str("&amp;"),
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                '"' => self.html.push_str("&quot;"),
                '\'' => self.html.push_str("&#39;"),
                other => self.html.push(other),
            }
        }
    }

    fn tag(&mut self, tag: &Tag) {
        let find = |names: &[&'static str]| names.iter().copied().find(|name| *name == &*tag.name);
        match (find(EMPTY), find(KEPT)) {
            (Some(name), _) if tag.kind == TagKind::StartTag => self.html.extend(["<", name, ">"]),
            (Some(_), _) => {}
            // The page has a heading of its own already.
            (_, Some(name)) if tag.kind == TagKind::EndTag => {
                let name = if name == "h1" { "h2" } else { name };
                if let Some(place) = self.open.iter().rposition(|open| *open == name) {
                    self.close(place);
                }
            }
            (_, Some("a")) if self.open.len() < DEEPEST => self.link(tag),
            (_, Some(name)) if self.open.len() < DEEPEST => {
                let name = if name == "h1" { "h2" } else { name };
                self.html.extend(["<", name, ">"]);
                self.open.push(name);
            }
            _ => self.text(&as_text(tag)),
        }
    }

    fn link(&mut self, tag: &Tag) {
        let address = tag.attrs.iter().find(|attribute| &*attribute.name.local == "href");
        match address.filter(|address| leads_out(&address.value)) {
            Some(address) => {
                self.html.push_str("<a href=\"");
                self.text(address.value.trim());
                // In a window of its own: what is typed here stays.
                self.html.push_str("\" target=\"_blank\" rel=\"noopener noreferrer\">");
            }
            // It would look like a link and be none.
            None => return,
        }
        self.open.push("a");
    }

    /// Closes what is open from this depth on.
    fn close(&mut self, depth: usize) {
        for name in self.open.split_off(depth).into_iter().rev() {
            self.html.extend(["</", name, ">"]);
        }
    }
}

/// Whether a link leads to a web page or a mail address, and not into a script.
fn leads_out(address: &str) -> bool {
    let address = address.trim().to_ascii_lowercase();
    ["http://", "https://", "mailto:"].iter().any(|scheme| address.starts_with(scheme))
}

/// A tag as it might have been written.
fn as_text(tag: &Tag) -> String {
    let slash = if tag.kind == TagKind::EndTag { "/" } else { "" };
    let attributes = tag.attrs.iter().map(|it| format!(" {}=\"{}\"", it.name.local, it.value));
    format!("<{slash}{}{}>", tag.name, attributes.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn harmless_markup_stays() {
        for text in [
            "plain",
            "<p>One<br>two</p><hr><ul><li><b>x</b></li></ul>",
            "<h2>A</h2><small><em>b</em> <code>c</code></small>",
            "1 &lt; 2 &amp; 3",
        ] {
            assert_eq!(harmless(text), text);
        }
        assert_eq!(harmless("<P CLASS=x style=y id=summary>One"), "<p>One</p>");
        assert_eq!(harmless("<h1>One</h1>"), "<h2>One</h2>");
    }

    #[test]
    fn links_lead_out_in_a_window_of_their_own() {
        assert_eq!(
            harmless("<a href='https://example.com/?a=1&b=\"2' onclick=x>Terms</a>"),
            "<a href=\"https://example.com/?a=1&amp;b=&quot;2\" target=\"_blank\" rel=\"noopener noreferrer\">Terms</a>"
        );
        for bad in [
            "javascript:alert(1)",
            " JaVaScRiPt:alert(1)",
            "&#106;avascript:alert(1)",
            "data:text/html,x",
            "//evil",
            "/x",
            "java\nscript:x",
            "vbscript:x",
        ] {
            assert_eq!(harmless(&format!("<a href=\"{bad}\">x</a>")), "x", "{bad}");
        }
    }

    #[test]
    fn nothing_that_runs_comes_through() {
        let vectors = [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<svg/onload=alert(1)>",
            "<svg><script>alert(1)</script></svg>",
            "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
            "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
            "<style>*{background:url(//evil)}</style>",
            "<form action=//evil><input name=password><button>Go</button></form>",
            "<base href=//evil><meta http-equiv=refresh content='0;url=//evil'><link rel=stylesheet href=//evil>",
            "<b onmouseover=alert(1)>x</b>",
            "<!--><img src=x onerror=alert(1)>-->",
            "<![CDATA[<script>alert(1)</script>]]>",
            "<scr<script>ipt>alert(1)</scr</script>ipt>",
            "</div></form><script>alert(1)</script>",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "<a href=\"https://x\" <img src=x onerror=alert(1)>x",
            "<",
            "<p",
            "<textarea><b>",
            "\0<script\0>",
        ];
        for vector in vectors {
            let html = harmless(vector);
            for tag in html.split('<').skip(1) {
                let name: String =
                    tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
                assert!(
                    super::KEPT.contains(&name.as_str()) || super::EMPTY.contains(&name.as_str()),
                    "{vector} made {html}"
                );
                let attributes = tag.split('>').next().unwrap().trim_start_matches(&name);
                assert!(
                    attributes.is_empty() || tag.starts_with('/') || tag.starts_with("a href=\"https://"),
                    "{vector} made {html}"
                );
            }
        }
    }

    #[test]
    fn what_comes_out_closes_what_it_opens_and_nothing_else() {
        assert_eq!(harmless("</p></div><p><b>x</p>y</b>"), "<p><b>x</b></p>y");
        let deep = harmless(&"<b>".repeat(10_000));
        assert_eq!((deep.matches("<b>").count(), deep.matches("</b>").count()), (50, 50));
    }

    #[test]
    fn what_steers_and_turns_text_is_written_out() {
        assert_eq!(harmless("a&#x202e;b\u{1b}c"), "a\\u{202e}b\\u{1b}c");
    }
}
