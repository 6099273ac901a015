//! A mail server that keeps what it is given, and refuses what it is told to.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::output::DEADLINE;
use super::programs;
use super::requires::Part;

/// The only account.
pub const LOGIN: (&str, &str) = ("guests", "hunter2");

/// A letter that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    pub from: String,
    pub to: Vec<String>,
    /// Headers and body as they came over the wire.
    pub text: String,
    /// Who signed in before.
    pub login: Option<(String, String)>,
    pub encrypted: bool,
}

/// How the server speaks.
#[derive(Clone, Default)]
pub struct Manner {
    /// What follows `AUTH`; empty where nobody has to sign in.
    pub auth: &'static str,
    /// Speaks TLS from the beginning, or only once it is asked to.
    pub tls: Option<(TlsAcceptor, When)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum When {
    First,
    Asked,
}

/// What is refused once: what a command begins with, and the reply.
type Refusals = Arc<Mutex<VecDeque<(&'static str, &'static str)>>>;

/// A running server; it ends with the test's runtime.
pub struct Smtp {
    pub port: u16,
    taken: mpsc::UnboundedReceiver<Taken>,
    refusals: Refusals,
    /// Every command that was heard, in order, of all connections.
    pub heard: Arc<Mutex<Vec<String>>>,
}

impl Smtp {
    /// Starts a server in plain text without accounts.
    pub async fn start() -> Smtp {
        Smtp::start_with(Manner::default()).await
    }

    pub async fn start_with(manner: Manner) -> Smtp {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, taken) = mpsc::unbounded_channel();
        let (refusals, heard) = (Refusals::default(), Arc::default());
        let house = House { manner, sender, refusals: Arc::clone(&refusals), heard: Arc::clone(&heard) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(house.clone().serve(stream));
            }
        });
        Smtp { port, taken, refusals, heard }
    }

    /// Refuses the next command that begins so.
    pub fn refuse(&self, command: &'static str, reply: &'static str) {
        self.refusals.lock().unwrap().push_back((command, reply));
    }

    /// The next letter, once it has come.
    pub async fn next(&mut self) -> Taken {
        tokio::time::timeout(DEADLINE, self.taken.recv()).await.expect("no letter came").unwrap()
    }

    /// All letters that have come and were not looked at.
    pub fn others(&mut self) -> Vec<Taken> {
        std::iter::from_fn(|| self.taken.try_recv().ok()).collect()
    }
}

#[derive(Clone)]
struct House {
    manner: Manner,
    sender: mpsc::UnboundedSender<Taken>,
    refusals: Refusals,
    heard: Arc<Mutex<Vec<String>>>,
}

trait Line: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Line for T {}

impl House {
    async fn serve(self, stream: TcpStream) {
        let first = self.manner.tls.clone().filter(|(_, when)| *when == When::First);
        let line: Box<dyn Line> = match first {
            Some((acceptor, _)) => match acceptor.accept(stream).await {
                Ok(stream) => Box::new(stream),
                Err(_) => return,
            },
            None => Box::new(stream),
        };
        let encrypted = self.manner.tls.as_ref().is_some_and(|(_, when)| *when == When::First);
        let mut talk = Talk { line: BufReader::new(line), encrypted, login: None };
        if talk.say("220 test").await {
            while self.answer(&mut talk).await.is_some() {}
        }
    }

    fn refusal(&self, command: &str) -> Option<&'static str> {
        let mut refusals = self.refusals.lock().unwrap();
        let at = refusals.iter().position(|(prefix, _)| command.starts_with(prefix))?;
        refusals.remove(at).map(|(_, reply)| reply)
    }

    /// Answers commands up to the end of one letter; none at the end of the conversation.
    async fn answer(&self, talk: &mut Talk) -> Option<()> {
        let (mut from, mut to) = (String::new(), Vec::new());
        loop {
            let command = talk.hear().await?;
            self.heard.lock().unwrap().push(command.clone());
            if let Some(reply) = self.refusal(&command) {
                talk.say(reply).await.then_some(())?;
                continue;
            }
            let word = command.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let reply = match word.as_str() {
                "EHLO" | "HELO" => self.greeting(talk.encrypted),
                "STARTTLS" => {
                    let (acceptor, _) = self.manner.tls.clone()?;
                    talk.say("220 go ahead").await.then_some(())?;
                    talk.encrypt(acceptor).await?;
                    continue;
                }
                "AUTH" => talk.sign_in(&command).await?,
                "MAIL" if !self.manner.auth.is_empty() && talk.login.is_none() => "530 5.7.0 sign in first".into(),
                "MAIL" => {
                    from = command;
                    "250 ok".into()
                }
                "RCPT" => {
                    to.push(command);
                    "250 ok".into()
                }
                "DATA" => {
                    talk.say("354 go on").await.then_some(())?;
                    let text = talk.letter().await?;
                    let reply = self.refusal("TEXT");
                    if reply.is_none() {
                        let (login, encrypted) = (talk.login.clone(), talk.encrypted);
                        let _ = self.sender.send(Taken { from, to, text, login, encrypted });
                    }
                    return talk.say(reply.unwrap_or("250 taken")).await.then_some(());
                }
                "QUIT" => "221 bye".into(),
                _ => "250 ok".into(),
            };
            talk.say(&reply).await.then_some(())?;
        }
    }

    fn greeting(&self, encrypted: bool) -> String {
        let mut lines = vec!["test".to_owned(), "8BITMIME".to_owned()];
        if self.manner.tls.is_some() && !encrypted {
            lines.push("STARTTLS".into());
        }
        if !self.manner.auth.is_empty() {
            lines.push(format!("AUTH {}", self.manner.auth));
        }
        let last = lines.pop().unwrap();
        let first: Vec<String> = lines.iter().map(|line| format!("250-{line}\r\n")).collect();
        first.concat() + "250 " + &last
    }
}

struct Talk {
    line: BufReader<Box<dyn Line>>,
    encrypted: bool,
    login: Option<(String, String)>,
}

impl Talk {
    async fn say(&mut self, text: &str) -> bool {
        self.line.write_all(format!("{text}\r\n").as_bytes()).await.is_ok() && self.line.flush().await.is_ok()
    }

    async fn hear(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.line.read_line(&mut line).await.ok()?;
        (read > 0).then(|| line.trim_end().to_owned())
    }

    async fn letter(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            let line = self.hear().await?;
            if line == "." {
                return Some(text);
            }
            text.push_str(line.strip_prefix('.').unwrap_or(&line));
            text.push('\n');
        }
    }

    async fn encrypt(&mut self, acceptor: TlsAcceptor) -> Option<()> {
        let nobody: Box<dyn Line> = Box::new(tokio::io::empty());
        let plain = std::mem::replace(&mut self.line, BufReader::new(nobody)).into_inner();
        self.line = BufReader::new(Box::new(acceptor.accept(plain).await.ok()?));
        self.encrypted = true;
        Some(())
    }

    async fn sign_in(&mut self, command: &str) -> Option<String> {
        let plain = |text: &str| String::from_utf8(STANDARD.decode(text).unwrap_or_default()).unwrap_or_default();
        let words: Vec<&str> = command.split(' ').collect();
        let login = match words.as_slice() {
            [_, "PLAIN", secret] => {
                let secret = plain(secret);
                let mut parts = secret.split('\0').skip(1).map(ToOwned::to_owned);
                (parts.next()?, parts.next()?)
            }
            [_, "LOGIN"] => {
                self.say(&format!("334 {}", STANDARD.encode("Username:"))).await.then_some(())?;
                let name = plain(&self.hear().await?);
                self.say(&format!("334 {}", STANDARD.encode("Password:"))).await.then_some(())?;
                (name, plain(&self.hear().await?))
            }
            _ => return Some("504 5.5.4 not so".into()),
        };
        if (login.0.as_str(), login.1.as_str()) != LOGIN {
            return Some("535 5.7.8 wrong".into());
        }
        self.login = Some(login);
        Some("235 welcome".into())
    }
}

/// Makes a certificate for this machine in a folder (`cert.pem`); none without openssl, and then the test is skipped.
pub fn certificate(folder: &Path) -> Option<TlsAcceptor> {
    let openssl = programs::need(Part::Openssl, "openssl")?;
    let arguments = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem -days 2 \
                     -subj /CN=localhost -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:localhost";
    let made =
        std::process::Command::new(openssl).args(arguments.split_whitespace()).current_dir(folder).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let certificate = CertificateDer::from_pem_file(folder.join("cert.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("key.pem")).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    Some(TlsAcceptor::from(Arc::new(config)))
}

#[tokio::test]
async fn the_mail_server_takes_a_letter_and_refuses_what_it_is_told_to() {
    let mut server = Smtp::start().await;
    server.refuse("RCPT", "450 busy");
    let stream = TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
    let mut client = BufReader::new(stream);
    let talk = [
        ("", "220 test"),
        ("MAIL FROM:<a@example.com>", "250 ok"),
        ("RCPT TO:<b@example.com>", "450 busy"),
        ("RCPT TO:<b@example.com>", "250 ok"),
        ("DATA", "354 go on"),
        ("Subject: x\r\n\r\n..dot\r\n.", "250 taken"),
    ];
    for (say, hear) in talk {
        if !say.is_empty() {
            client.write_all(format!("{say}\r\n").as_bytes()).await.unwrap();
        }
        let mut line = String::new();
        tokio::time::timeout(DEADLINE, client.read_line(&mut line)).await.unwrap().unwrap();
        assert_eq!(line.trim_end(), hear);
    }
    let taken = server.next().await;
    assert_eq!((taken.to.len(), taken.text.as_str()), (1, "Subject: x\n\n.dot\n"));
}
