//! What a list of a million invitations costs: `cargo bench --bench lists`.
//!
//! Makes a million invitations, then measures what the console asks the store for on a key (a window and its count), and
//! the program itself in a pseudo-terminal: its first screen, the answer to a key and the bytes of it, its memory.
//!
//! The database is an SQLite file in a temporary folder, or what `GUESTLIST_BENCH_DATABASE` names: an empty database of
//! PostgreSQL (`benches/lists-postgres` starts one), or an SQLite file that was filled by an earlier run.
//! `GUESTLIST_BENCH_ROWS` makes fewer.

#![allow(clippy::print_stdout, reason = "a measurement is printed")]
#![allow(clippy::unwrap_used, reason = "a measurement that fails is repeated")]

use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use guestlist::clock;
use guestlist::console::pane::invitations::filter;
use guestlist::console::pane::list::WINDOW;
use guestlist::store::invitations::{self, Order, Sort};
use guestlist::store::page::Anchor;
use guestlist::store::{Store, counts};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

/// As many samples of each; the median is printed.
const SAMPLES: usize = 9;
const SIZE: PtySize = PtySize { rows: 40, cols: 120, pixel_width: 0, pixel_height: 0 };

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let given = std::env::var("GUESTLIST_BENCH_DATABASE").ok();
    let url = given.unwrap_or_else(|| format!("sqlite://{}/lists.db", folder.path().display()));
    let rows = std::env::var("GUESTLIST_BENCH_ROWS").ok().map_or(1_000_000, |rows| rows.parse().unwrap());
    fill(&url, rows).await;
    let store = Store::open(&url).await.unwrap();
    orders(&store).await;
    filters(&store).await;
    drop(store);
    program(&url);
}

/// Makes the invitations, where there are none.
async fn fill(url: &str, rows: u64) {
    let store = Store::open(url).await.unwrap();
    store.migrate().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let there = counts::count(&mut tx).await.unwrap().invitations;
    tx.rollback().await.unwrap();
    if there > 0 {
        return;
    }
    let begin = Instant::now();
    let common = "CASE i % 8 WHEN 0 THEN 'eng' WHEN 1 THEN 'sales' WHEN 2 THEN 'ops' WHEN 3 THEN 'guest' WHEN 4 THEN 'partner' WHEN 5 THEN 'design' WHEN 6 THEN 'support' ELSE 'legal' END";
    let rest = "1 + i % 5, CASE WHEN i % 7 = 0 THEN 1 ELSE 0 END, CASE WHEN i % 10 = 0 THEN 'wave ' || (i % 1000) ELSE '' END, 'alice'";
    let columns =
        "id, name, expires, created_at, updated_at, revoked_at, fixed_data, max_uses, uses, note, created_by_name";
    let text = if url.starts_with("postgres") {
        format!(
            "INSERT INTO invitation ({columns}) SELECT gen_random_uuid(), {common} || '-' || substr(md5(i::text), 1, 6) || '-' || i, CASE WHEN i % 3 > 0 THEN now() + make_interval(mins => i * 79 % 200000 - 100000) END, now() - make_interval(mins => i), now(), CASE WHEN i % 50 = 0 THEN now() END, json_build_object('email', 'person' || i || '@example.com')::jsonb, {rest} FROM generate_series(1, {rows}) AS i"
        )
    } else {
        let time = |shift: &str| format!("strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', ({shift}) || ' minutes')");
        format!(
            "PRAGMA synchronous = OFF; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) INSERT INTO invitation ({columns}) SELECT randomblob(16), {common} || '-' || lower(hex(randomblob(3))) || '-' || i AS name, CASE WHEN i % 3 > 0 THEN {} END, {}, {}, CASE WHEN i % 50 = 0 THEN {} END, '{{\"email\":\"person' || i || '@example.com\"}}', {rest} FROM n ORDER BY name",
            time("i * 79 % 200000 - 100000"),
            time("-i"),
            time("0"),
            time("0"),
        )
    };
    if url.starts_with("postgres") {
        let mut connection = PgConnection::connect(url).await.unwrap();
        connection.execute(AssertSqlSafe(text)).await.unwrap();
        // By itself it does so within a minute.
        connection.execute("VACUUM ANALYZE invitation").await.unwrap();
    } else {
        let mut connection = SqliteConnection::connect(url).await.unwrap();
        connection.execute(AssertSqlSafe(text)).await.unwrap();
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    }
    println!("{rows} invitations made in {:.1} s", begin.elapsed().as_secs_f64());
}

/// What the console asks for when a key changes the list.
async fn window(store: &Store, typed: &str, sort: Sort, anchor: Anchor<invitations::Place>) -> (Duration, String) {
    let mut times = Vec::new();
    let mut found = String::new();
    for _ in 0..SAMPLES {
        let begin = Instant::now();
        let mut tx = store.begin().await.unwrap();
        let page = invitations::page(&mut tx, &filter(typed), sort, clock::now(), &anchor, WINDOW).await.unwrap();
        tx.rollback().await.unwrap();
        times.push(begin.elapsed());
        found = page.total_text();
    }
    (median(times), found)
}

async fn orders(store: &Store) {
    for by in [Order::Name, Order::Flow, Order::Expires, Order::Uses, Order::Created] {
        for (end, anchor) in [("first", Anchor::First), ("last", Anchor::Last)] {
            let (took, _) = window(store, "", Sort { by, reverse: false }, anchor).await;
            print("order", &format!("{}, {end}", by.as_str()), took, "");
        }
    }
}

async fn filters(store: &Store) {
    let typed = ["e", "en", "eng", "eng-", "eng-a", "eng-ab", "eng-ab1"];
    let others = ["su", "support", "wave 77", "zq", "zzzz", "active", "revoked", "expired eng", "!eng", "~sup9"];
    for text in typed.into_iter().chain(others) {
        let (took, found) = window(store, text, Sort::default(), Anchor::First).await;
        print("filter", text, took, &format!("{found} found"));
    }
    for text in ["eng-ab", "support", "revoked"] {
        let (took, found) = window(store, text, Sort { by: Order::Created, reverse: true }, Anchor::First).await;
        print("filter", &format!("{text}, latest first"), took, &format!("{found} found"));
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn print(what: &str, name: &str, took: Duration, more: &str) {
    println!("| {what} | {name} | {:.1} ms | {more} |", took.as_secs_f64() * 1_000.0);
}

/// The program in a pseudo-terminal.
struct Running {
    output: Receiver<Vec<u8>>,
    keys: Box<dyn Write + Send>,
    screen: vt100::Parser,
    child: Box<dyn portable_pty::Child + Send + Sync>,
}

impl Running {
    fn start(url: &str, home: &std::path::Path) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_guestlist"));
        command.args(["console", "--database", url, "--as", "bench"]);
        command.env_clear();
        for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("HOME", home.to_str().unwrap())] {
            command.env(name, value);
        }
        let pair = native_pty_system().openpty(SIZE).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            // The terminal lives as long as somebody reads from it.
            let _master = pair.master;
            let mut chunk = vec![0; 65_536];
            while let Ok(length @ 1..) = reader.read(&mut chunk) {
                if sender.send(chunk[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        let screen = vt100::Parser::new(40.try_into().unwrap(), 120.try_into().unwrap(), 0);
        Self { output, keys, screen, child }
    }

    /// Waits for a screen; tells how many bytes came until then.
    fn until(&mut self, ready: impl Fn(&str) -> bool) -> usize {
        let mut bytes = 0;
        while !ready(&self.screen.screen().contents()) {
            let chunk = self.output.recv_timeout(Duration::from_secs(30)).unwrap();
            bytes += chunk.len();
            self.screen.process(&chunk);
        }
        bytes
    }

    /// Takes what comes until nothing comes for a while.
    fn settle(&mut self) {
        while let Ok(chunk) = self.output.recv_timeout(Duration::from_millis(700)) {
            self.screen.process(&chunk);
        }
    }

    /// Presses a key; tells how long the answer took, and how many bytes it has.
    fn press(&mut self, key: &str) -> (Duration, usize) {
        let begin = Instant::now();
        self.keys.write_all(key.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        let chunk = self.output.recv_timeout(Duration::from_secs(30)).unwrap();
        let took = begin.elapsed();
        let mut bytes = chunk.len();
        self.screen.process(&chunk);
        while let Ok(chunk) = self.output.recv_timeout(Duration::from_millis(60)) {
            bytes += chunk.len();
            self.screen.process(&chunk);
        }
        (took, bytes)
    }

    fn most_memory(&self) -> String {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.process_id().unwrap())).unwrap();
        status
            .lines()
            .find(|line| line.starts_with("VmHWM"))
            .unwrap()
            .split_whitespace()
            .skip(1)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

fn program(url: &str) {
    let home = tempfile::tempdir().unwrap();
    let mut starts = Vec::new();
    for _ in 0..SAMPLES {
        let begin = Instant::now();
        let mut running = Running::start(url, home.path());
        running.until(|screen| screen.contains("design-") || screen.contains("No flow"));
        starts.push(begin.elapsed());
        running.settle();
        running.keys.write_all(b"\x1b").unwrap();
        running.settle();
        running.keys.write_all(b"q").unwrap();
        running.child.wait().unwrap();
    }
    print("program", "first screen after start", median(starts), "");
    let mut running = Running::start(url, home.path());
    running.until(|screen| screen.contains("design-"));
    running.settle();
    running.keys.write_all(b"\x1b").unwrap();
    running.settle();
    for (name, key, times) in [("cursor down", "j", 30), ("half a screen down", "\x04", 6), ("next order", "s", 3)] {
        let answers: Vec<_> = (0..times).map(|_| running.press(key)).collect();
        let bytes = answers.iter().map(|(_, bytes)| *bytes).max().unwrap();
        let worst = answers.iter().map(|(took, _)| *took).max().unwrap();
        let most = format!("at most {:.1} ms, {bytes} bytes", worst.as_secs_f64() * 1_000.0);
        print("key", name, median(answers.into_iter().map(|(took, _)| took).collect()), &most);
    }
    running.keys.write_all(b"/support-a").unwrap();
    running.settle();
    println!("| memory | most, VmHWM | {} | |", running.most_memory());
    let _ = running.child.kill();
}
