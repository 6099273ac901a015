//! A real browser without a window, driven by its own driver.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::{Method, Url};
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

/// A command of the browser's own protocol, by way of its driver.
#[derive(Debug)]
struct DevTools(&'static str, serde_json::Value);

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as FromStr>::Err> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "cmd": self.0, "params": self.1 }).to_string()))
    }
}

impl Chromium {
    /// Shows pages as on the narrowest phone, 320 px wide, for style sheets too; or as wide as the window again.
    pub async fn narrow(&self, narrow: bool) {
        let command = if narrow {
            let screen = json!({ "width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": true });
            DevTools("Emulation.setDeviceMetricsOverride", screen)
        } else {
            DevTools("Emulation.clearDeviceMetricsOverride", json!({}))
        };
        self.client.issue_cmd(command).await.unwrap();
    }

    /// Fails where something on the page is wider than the narrowest phone.
    pub async fn check_narrow(&self) {
        self.narrow(true).await;
        let script = "return { \
            width: window.innerWidth, \
            matches: matchMedia('(max-width: 320px)').matches, \
            scrolls: document.documentElement.scrollWidth > 320, \
            wide: [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 321).map(e => e.outerHTML) }";
        let told = self.client.execute(script, vec![]).await.unwrap();
        assert_eq!(told, json!({ "width": 320, "matches": true, "scrolls": false, "wide": [] }));
        self.narrow(false).await;
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
