//! A real browser without a window, driven by its own driver.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use super::leash::Leash;
use super::output::wait_for;
use super::programs::{find, need};
use super::requires::{Part, missing};

/// A browser with an empty profile; it ends when this is dropped.
pub struct Chromium {
    /// What drives it.
    pub client: Client,
    _leash: Leash,
    _folder: tempfile::TempDir,
}

impl Chromium {
    /// Starts a browser; none when Chromium or its driver is absent, and then the test is skipped.
    pub async fn start() -> Option<Chromium> {
        let driver = need(Part::Chromium, "chromedriver")?;
        let browser = browser()?;
        let folder = tempfile::tempdir().unwrap();
        // A browser that is killed leaves its temporary files: they go with the folder.
        let temporary = format!("TMPDIR={}", folder.path().display());
        let arguments = [OsStr::new(&temporary), driver.as_os_str(), OsStr::new("--port=0")];
        let mut leash = Leash::hold(Path::new("/usr/bin/env"), &arguments);
        let line = wait_for(leash.stdout(), "started successfully on port")
            .unwrap_or_else(|output| panic!("chromedriver did not start: {output}"));
        let port: String = line.chars().filter(char::is_ascii_digit).collect();

        let options = json!({
            "binary": browser,
            "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-proxy-server",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", format!("--user-data-dir={}", folder.path().join("profile").display()),
            ],
        });
        let capabilities = [("goog:chromeOptions".to_owned(), options)].into_iter().collect();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap();
        Some(Chromium { client, _leash: leash, _folder: folder })
    }
}

fn browser() -> Option<PathBuf> {
    let found = ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(find);
    if found.is_none() {
        missing(Part::Chromium, "no program `chromium`, `chromium-browser` or `google-chrome` in PATH");
    }
    found
}

#[tokio::test]
async fn a_page_opens_in_the_browser() {
    use fantoccini::Locator;

    let Some(chromium) = Chromium::start().await else { return };
    let page = "data:text/html,<title>Hello</title><form><label for=a>Name</label><input id=a name=a></form>";
    chromium.client.goto(page).await.unwrap();
    assert_eq!(chromium.client.title().await.unwrap(), "Hello");
    let field = chromium.client.wait().for_element(Locator::Id("a")).await.unwrap();
    field.send_keys("Ann").await.unwrap();
    assert_eq!(field.prop("value").await.unwrap().as_deref(), Some("Ann"));
}
