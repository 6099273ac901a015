//! The binary: arguments, error reports, one command. Here the faces are put together, which don't know one another.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use guestlist::cli::{self, Cli, CliError, Command, Face, Output};
use guestlist::clock;
use guestlist::config::{Config, ConfigError};
use guestlist::console::preferences::Preferences;
use guestlist::console::{self, ServerStatus};
use guestlist::mail::Sender;
use guestlist::server::{self, ServerError};
use guestlist::store::Store;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing_subscriber::EnvFilter;

/// How long letters under way may take to be sent after the server was told to stop.
const LAST_POST: Duration = Duration::from_secs(10);

type Result<T = ()> = std::result::Result<T, CliError>;

fn main() -> ExitCode {
    // It can only be installed twice, and this is the first thing that happens.
    let _ = color_eyre::install();
    cli::hide_password();
    match run(cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !error.is_quiet() {
                cli::say(format_args!("error: {error}"));
            }
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(arguments: Cli) -> Result {
    let config = Config::load(arguments.options).map_err(with_those_of_the_console)?;
    // What only the console understands is checked for every command: a file is right or it is not.
    let preferences = Preferences::of(&config.face, |name| std::env::var(name).ok()).map_err(|faults| {
        let path = config.file.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        failed(ConfigError::Faults { path, faults, others: Vec::new(), face: Box::default() })
    })?;
    let mut out = Output::new(arguments.json);
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        // A terminal that is said to be dumb can't be drawn on.
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb") && std::io::stdin().is_terminal();
        let look = |face: Face| Look { preferences, plain: arguments.plain || face.plain || dumb };
        match arguments.command.unwrap_or(Command::Console(Face::default())) {
            Command::Console(face) => console(&config, look(face)).await,
            Command::Up(face) => up(&config, look(face)).await,
            Command::Serve => serve(&config, &mut out).await,
            Command::Noun(noun) => cli::run(noun, &config, &mut out).await,
        }
    })
}

fn failed(error: impl std::fmt::Display) -> CliError {
    CliError::Failed(error.to_string())
}

/// All faults of a file, with those that only the console can find.
fn with_those_of_the_console(error: ConfigError) -> CliError {
    failed(match error {
        ConfigError::Faults { path, mut faults, others, face } => {
            faults.extend(Preferences::of(&face, |name| std::env::var(name).ok()).err().unwrap_or_default());
            ConfigError::Faults { path, faults, others, face }
        }
        other => other,
    })
}

/// How the console shows itself.
struct Look {
    preferences: Preferences,
    /// In lines.
    plain: bool,
}

async fn console(config: &Config, look: Look) -> Result {
    check_terminal(look.plain)?;
    log_to_file(config)?;
    let store = cli::open(config).await?;
    let done = open_console(store.clone(), config, look, config.public_url.as_str().to_owned(), None).await;
    store.close().await;
    done
}

async fn up(config: &Config, look: Look) -> Result {
    cli::check_writable(config)?;
    // First of all: where the port is in use, nothing else has happened.
    let (listener, address) = bind(config).await?;
    check_terminal(look.plain)?;
    log_to_file(config)?;
    let store = cli::open(config).await?;
    cli::check_store(&store, config).await?;
    let public_url = config.public_url_at(address).as_str().to_owned();
    let (tell, status) = watch::channel(ServerStatus::Listening(format!("http://{address}")));
    let (stop, stopped) = watch::channel(false);
    let options = server_options(config, public_url.clone());
    let sending = tokio::spawn(sender(&store, config)?.run(stopped.clone()));
    let serving = tokio::spawn(run_server(store.clone(), listener, options, tell, stopped));
    let result = open_console(store, config, look, public_url, Some((status, stop.clone()))).await;
    // An error means that the server has ended already, and its task is awaited all the same.
    let _ = stop.send(true);
    serving.await.map_err(failed)?;
    last_post(sending).await;
    result
}

async fn run_server(
    store: Store,
    listener: TcpListener,
    options: server::Options,
    tell: watch::Sender<ServerStatus>,
    mut stopped: watch::Receiver<bool>,
) {
    // Kept until the server has ended: so it can be told that it has.
    let _running = stopped.clone();
    let shutdown = async move {
        // An error means that the console is gone, which is a reason to stop as well.
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    if let Err(error) = server::serve(store, listener, options, shutdown).await {
        tracing::error!("{error}");
        tell.send_replace(ServerStatus::Failed(error.to_string()));
    }
}

async fn open_console(
    store: Store,
    config: &Config,
    look: Look,
    public_url: String,
    server: Option<(watch::Receiver<ServerStatus>, watch::Sender<bool>)>,
) -> Result {
    let read_only = store.is_read_only();
    let mut notice = cli::why_read_only(&store, config).await?;
    if look.plain {
        // Beside the conversation, which a program may read.
        notice.take().iter().for_each(cli::say);
    }
    let actor =
        if read_only { cli::observer(&store, config).await? } else { cli::administrator(&store, config).await? };
    let (server, stop) = server.unzip();
    let options = console::Options {
        public_url,
        actor,
        read_only,
        notice,
        mail: config.mail.is_on(),
        clipboard: config.clipboard,
        default_expiry_days: config.default_expiry_days,
        preferences: look.preferences,
        history: config.history_file.clone(),
        hashing: config.password_hashing,
        blueprints: config.blueprints.clone(),
        plain: look.plain,
        server,
        stop,
    };
    console::run(store, options).await.map_err(failed)
}

async fn serve(config: &Config, out: &mut Output) -> Result {
    cli::check_writable(config)?;
    let filter = log_filter(config)?;
    let ansi = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(ansi).with_writer(std::io::stderr).init();
    let store = cli::open_unattended(config).await?;
    cli::check_store(&store, config).await?;
    // What is wrong with mail is told before anybody believes that the server runs.
    let sender = sender(&store, config)?;
    let (listener, address) = bind(config).await?;
    // Before anybody is told that it listens: from then on the signals may come.
    let (mut terminated, mut interrupted) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let url = format!("http://{address}");
    if out.is_json() {
        out.document(&std::collections::BTreeMap::from([("listening", &url)]))?;
    } else {
        out.line(format_args!("listening on {url}"))?;
    }
    out.finish()?;
    let shutdown = async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
        tracing::info!("stopping");
    };
    let options = server_options(config, config.public_url_at(address).as_str().to_owned());
    let (stop, stopped) = watch::channel(false);
    let sending = tokio::spawn(sender.run(stopped));
    let result = server::serve(store, listener, options, shutdown).await.map_err(failed);
    // An error means that the sender of letters has ended already, which comes to the same.
    let _ = stop.send(true);
    last_post(sending).await;
    result
}

/// What sends letters, for as long as the server runs.
fn sender(store: &Store, config: &Config) -> Result<Sender> {
    Sender::new(store.clone(), &config.mail, Arc::new(clock::now)).map_err(|why| failed(format_args!("mail: {why}")))
}

/// Lets letters under way end. One that takes longer is sent again by whoever runs next.
async fn last_post(sending: JoinHandle<()>) {
    if tokio::time::timeout(LAST_POST, sending).await.is_err() {
        tracing::warn!("a letter was under way when the server stopped");
    }
}

async fn bind(config: &Config) -> Result<(TcpListener, SocketAddr)> {
    let listener = server::bind(config.listen).await.map_err(|error: ServerError| failed(error))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

fn server_options(config: &Config, public_url: String) -> server::Options {
    let trusted_proxies = config.trusted_proxies.clone();
    server::Options {
        public_url,
        hashing: config.password_hashing,
        rate_limits: config.rate_limits,
        leaked_passwords: config.leaked_passwords.as_ref().map(|url| url.as_str().to_owned()),
        trusted_proxies,
        patience: server::Patience::default(),
    }
}

fn check_terminal(plain: bool) -> Result {
    if plain || std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        return Ok(());
    }
    let advice = "The console needs a terminal; `guestlist --plain` does without. `guestlist --help` lists the commands for scripts, `guestlist serve` \
                  runs the enrollment server alone.";
    Err(CliError::Failed(advice.into()))
}

fn log_filter(config: &Config) -> Result<EnvFilter> {
    EnvFilter::try_new(&config.log).map_err(|why| CliError::Usage(format!("--log: {why}")))
}

/// The terminal is the console's: everything else that there is to say goes to a file.
fn log_to_file(config: &Config) -> Result {
    let filter = log_filter(config)?;
    // Without a home folder there is no place for a log that nobody asked for.
    let Some(path) = &config.log_file else { return Ok(()) };
    let unusable = |why| failed(format_args!("the log file {} can't be opened: {why}", path.display()));
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(unusable)?;
    }
    let file = std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(unusable)?;
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(file).init();
    Ok(())
}
