//! What the README shows is what the program has.

use std::path::Path;

use guestlist::console::{key_table_markdown, screen_svg};

use super::harness::Start;

/// Set to write what is compared otherwise.
const UPDATE: &str = "GUESTLIST_UPDATE";

#[test]
fn the_key_table_in_the_readme_is_the_one_in_the_code() {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&place).unwrap();
    let (before, rest) = readme.split_once("<!-- keys:").unwrap();
    let (begin, rest) = rest.split_once("-->").unwrap();
    let (_, after) = rest.split_once("<!-- /keys -->").unwrap();
    let table = key_table_markdown();
    let wanted = format!("{before}<!-- keys:{begin}-->\n\n{table}\n<!-- /keys -->{after}");
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&place, &wanted).unwrap();
        return;
    }
    assert!(readme == wanted, "README.md does not show the key table as it is: run this test with {UPDATE}=1");
}

#[tokio::test]
async fn the_picture_in_the_readme_is_the_real_screen() {
    let mut console = Start { size: (110, 26), ..Start::default() }.open().await;
    console.press("n contractors <tab> <C-u> never <tab> <tab> <tab> <space> <tab> 10 <C-s>").await;
    console.press("n eng-jane <tab> <tab> <tab>").await;
    console.paste("email: jane@example.com\nname: Jane Doe").await;
    console.press("<C-s> n old-visit <C-s> x n press-day <tab> <C-u> +3months <C-s>").await;
    console.press("h g j l").await;
    console.wait(chrono::TimeDelta::seconds(30)).await;
    console.screen();
    let svg = screen_svg(console.terminal.backend().buffer());
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/console.svg");
    if std::env::var_os(UPDATE).is_some() {
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(&place, &svg).unwrap();
    }
    let kept = std::fs::read_to_string(&place).unwrap_or_default();
    assert!(kept == svg, "assets/console.svg is not the screen any more: run this test with {UPDATE}=1");
}
