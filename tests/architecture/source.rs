//! Reads Rust source well enough for the rules: code apart from its comments and texts, and the paths in it.

use std::path::{Path, PathBuf};

/// One source file, taken apart.
pub struct Source {
    /// Relative to the folder that was read, with `/`.
    pub path: String,
    /// The file as it is.
    pub text: String,
    /// The code, with comments and the contents of texts blanked out; line breaks are kept.
    pub code: String,
    /// Every text in the code, with the line where it begins.
    pub texts: Vec<(usize, String)>,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Source {
        let (code, texts) = Lexer::default().run(text);
        Source { path: path.to_owned(), text: text.to_owned(), code, texts }
    }

    /// The room the file is in: its folder directly below `src/`, or its name when it lies there itself.
    pub fn room(&self) -> &str {
        let path = self.path.strip_prefix("src/").unwrap_or(&self.path);
        path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// The module that the file is, as names below the crate's root.
    fn module(&self) -> Vec<&str> {
        let path = self.path.strip_prefix("src/").unwrap_or(&self.path).trim_end_matches(".rs");
        path.split('/').filter(|name| !["mod", "lib", "main"].contains(name)).collect()
    }

    /// The code without its `#[cfg(test)]` modules.
    pub fn code_outside_tests(&self) -> String {
        let mut code = String::new();
        let mut rest = self.code.as_str();
        while let Some((before, after)) = rest.split_once("#[cfg(test)]") {
            code.push_str(before);
            let item = after.find(['{', ';']).unwrap_or(after.len());
            let end = if after[item..].starts_with('{') { item + block(&after[item..]) } else { item };
            code.extend(after[..end].chars().filter(|letter| *letter == '\n'));
            rest = &after[end..];
        }
        code + rest
    }

    /// Every path in the code that begins with `crate`, or climbs to the crate's root by `super`: the line, and the
    /// first name below the root.
    pub fn rooms_used(&self) -> Vec<(usize, String)> {
        let tokens = tokens(&self.code);
        let mut used = Vec::new();
        for (index, (line, token)) in tokens.iter().enumerate() {
            let continued = index > 0 && tokens[index - 1].1 == "::";
            match token.as_str() {
                "crate" => names_after(&tokens[index + 1..], &mut used),
                "super" if !continued => {
                    let climbs = tokens[index..].chunks(2).take_while(|pair| pair[0].1 == "super").count();
                    if climbs >= self.module().len().max(1) {
                        names_after(&tokens[index + 2 * climbs - 1..], &mut used);
                    }
                }
                "guestlist" if !continued && tokens.get(index + 1).is_some_and(|next| next.1 == "::") => {
                    used.push((*line, "guestlist".to_owned()));
                }
                _ => {}
            }
        }
        used
    }

    /// Every name that begins a path (`serde` in `serde::Deserialize`), with its line.
    pub fn path_roots(&self) -> Vec<(usize, String)> {
        let tokens = tokens(&self.code);
        let begins = |index: usize| {
            let after_use = index > 0 && tokens[index - 1].1 == "use";
            let before_path = tokens.get(index + 1).is_some_and(|next| next.1 == "::");
            let continued = index > 0 && tokens[index - 1].1 == "::";
            (after_use || before_path) && !continued
        };
        (0..tokens.len()).filter(|index| begins(*index)).map(|index| tokens[index].clone()).collect()
    }
}

/// Reads every `.rs` file below a folder of the package.
pub fn read(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<PathBuf> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for entry in entries {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                let path = entry.strip_prefix(root).unwrap().display().to_string();
                sources.push(Source::new(&path, &std::fs::read_to_string(&entry).unwrap()));
            }
        }
    }
    sources
}

/// The line that an offset lies on, from 1.
pub fn line_at(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

/// The length of the block whose brace opens the text.
fn block(text: &str) -> usize {
    let mut depth = 0_usize;
    for (offset, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 1 => return offset + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// Names, `::` and single signs, each with its line.
fn tokens(code: &str) -> Vec<(usize, String)> {
    let mut tokens: Vec<(usize, String)> = Vec::new();
    let mut line = 1;
    let mut letters = code.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '\n' {
            line += 1;
        }
        if letter.is_whitespace() {
            continue;
        }
        let mut token = letter.to_string();
        if letter.is_alphanumeric() || letter == '_' {
            while let Some(next) = letters.next_if(|next| next.is_alphanumeric() || *next == '_') {
                token.push(next);
            }
        } else if letter == ':' && letters.next_if_eq(&':').is_some() {
            token.push(':');
        }
        tokens.push((line, token));
    }
    tokens
}

/// The first names of what follows a root: `::store::Store` gives `store`, `::{domain::a, store}` gives both.
fn names_after(tokens: &[(usize, String)], names: &mut Vec<(usize, String)>) {
    let [(_, separator), (line, name), rest @ ..] = tokens else { return };
    if separator != "::" {
        return;
    }
    if name != "{" {
        names.push((*line, name.clone()));
        return;
    }
    let mut depth = 1;
    let mut first = true;
    for (line, token) in rest {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 1 => first = true,
            _ if depth == 1 && first => {
                names.push((*line, token.clone()));
                first = false;
            }
            _ => {}
        }
        if depth == 0 {
            return;
        }
    }
}

/// Tells code, comments and texts apart.
#[derive(Default)]
struct Lexer {
    code: String,
    texts: Vec<(usize, String)>,
}

impl Lexer {
    fn run(mut self, text: &str) -> (String, Vec<(usize, String)>) {
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let taken = self.comment(rest).or_else(|| self.text(rest)).or_else(|| self.character(rest));
            let taken = taken.unwrap_or_else(|| {
                self.code.push(letter);
                letter.len_utf8()
            });
            rest = &rest[taken..];
        }
        (self.code, self.texts)
    }

    fn blank(&mut self, text: &str) {
        self.code.push(' ');
        self.code.extend(text.chars().filter(|letter| *letter == '\n'));
    }

    fn comment(&mut self, rest: &str) -> Option<usize> {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            let mut depth = 0;
            let ends = (0..rest.len().saturating_sub(1)).find(|offset| match &rest.as_bytes()[*offset..offset + 2] {
                b"/*" => {
                    depth += 1;
                    false
                }
                b"*/" => {
                    depth -= 1;
                    depth == 0
                }
                _ => false,
            });
            ends.map_or(rest.len(), |offset| offset + 2)
        } else {
            return None;
        };
        self.blank(&rest[..length]);
        Some(length)
    }

    fn text(&mut self, rest: &str) -> Option<usize> {
        let in_name = self.code.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        let (open, close) = if rest.starts_with('"') {
            (1, "\"".to_owned())
        } else {
            let hashes = rest.strip_prefix('r').filter(|_| !in_name || self.code.ends_with('b'))?;
            let count = hashes.len() - hashes.trim_start_matches('#').len();
            hashes[count..].strip_prefix('"')?;
            (count + 2, format!("\"{}", "#".repeat(count)))
        };
        let inside = &rest[open..];
        let mut end = 0;
        while !inside[end..].starts_with(&close) {
            let letter = inside[end..].chars().next()?;
            end += letter.len_utf8();
            if letter == '\\' && open == 1 {
                end += inside[end..].chars().next()?.len_utf8();
            }
        }
        let line = line_at(&self.code, self.code.len());
        self.texts.push((line, inside[..end].to_owned()));
        self.blank(&inside[..end]);
        Some(open + end + close.len())
    }

    /// A character such as `'"'`, which must not open a text; a lifetime is code.
    fn character(&mut self, rest: &str) -> Option<usize> {
        let inside = rest.strip_prefix('\'')?;
        let mut letters = inside.char_indices();
        let (_, first) = letters.next()?;
        let end = if first == '\\' {
            letters.next()?;
            letters.find(|(_, letter)| *letter == '\'')?.0
        } else {
            letters.next().filter(|(_, letter)| *letter == '\'')?.0
        };
        self.code.push(' ');
        Some(end + 2)
    }
}

#[test]
fn comments_and_texts_are_no_code() {
    let source = Source::new(
        "src/a.rs",
        "let a = \"crate::store\"; // crate::store\n/* crate /* :: */ store */ let b = '\"'; let c = r#\"x\"y\"#; 'l: loop {}",
    );
    assert!(!source.code.contains("store"), "{}", source.code);
    assert!(source.code.contains("'l: loop {}"), "{}", source.code);
    assert_eq!(source.texts, [(1, "crate::store".to_owned()), (2, "x\"y".to_owned())]);
}

#[test]
fn rooms_are_found_in_every_form_of_path() {
    let text =
        "use crate::{domain::{a, b}, store};\nuse super::super::mail::X;\nuse super::y;\nfn f() { crate::policy::z() }";
    let used = Source::new("src/server/session.rs", text).rooms_used();
    let used: Vec<_> = used.iter().map(|(line, name)| (*line, name.as_str())).collect();
    assert_eq!(used, [(1, "domain"), (1, "store"), (2, "mail"), (4, "policy")]);
}

#[test]
fn tests_inside_a_file_are_left_out() {
    let text = "a();\n#[cfg(test)]\nmod tests {\n fn f() { x.unwrap() }\n}\nb();";
    let code = Source::new("src/a.rs", text).code_outside_tests();
    assert!(!code.contains("unwrap"));
    assert_eq!(line_at(&code, code.find("b()").unwrap()), 6);
}
