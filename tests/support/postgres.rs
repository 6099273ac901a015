//! One throw-away PostgreSQL cluster for the test process, one database for each test.
//!
//! The cluster listens on a socket in its temporary folder only, so that runs at the same time never meet. A small
//! shell script holds it: it stops the server and removes the folder when the test process ends, however it ends.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::leash::Leash;
use super::output::wait_for;
use super::programs::find;
use super::requires::{Part, missing};

/// Arguments: the cluster's folder, the folder of the programs, and the words that drop privileges (perhaps none).
/// Prints `cluster is ready` once the server answers, and its log when it will not.
const SUPERVISOR: &str = r#"
trap '' INT TERM HUP
folder=$1 programs=$2
shift 2
cd "$folder"
"$@" "$programs/initdb" --pgdata="$folder/data" --username=guestlist --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
    --no-sync >"$folder/log" 2>&1 || { cat "$folder/log"; rm -rf "$folder"; exit 1; }
"$@" "$programs/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off -c synchronous_commit=off \
    -c full_page_writes=off -c max_connections=300 </dev/null >>"$folder/log" 2>&1 &
server=$!
left=500
until tail -n 1 "$folder/data/postmaster.pid" 2>/dev/null | grep -q ready; do
    left=$((left - 1))
    if [ "$left" = 0 ] || ! kill -0 "$server" 2>/dev/null; then
        kill -INT "$server" 2>/dev/null
        cat "$folder/log"
        rm -rf "$folder"
        exit 1
    fi
    sleep 0.05
done
echo cluster is ready
cat >/dev/null
kill -INT "$(head -n 1 "$folder/data/postmaster.pid")"
wait "$server"
rm -rf "$folder"
"#;

struct Cluster {
    folder: PathBuf,
    /// Let go by the kernel when the process ends: a static is never dropped.
    _leash: Leash,
}

static CLUSTER: LazyLock<Result<Cluster, String>> = LazyLock::new(start);

/// Creates an empty database and gives its URL; none when there is no PostgreSQL, and then the test is skipped.
pub async fn fresh_database() -> Option<String> {
    static NEXT: AtomicU32 = AtomicU32::new(1);

    let cluster = match &*CLUSTER {
        Ok(cluster) => cluster,
        Err(why) => {
            missing(Part::Postgres, why);
            return None;
        }
    };
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    connection.close().await.unwrap();
    Some(cluster.url(&name))
}

/// Drops a database that [`fresh_database`] gave, so that hundreds of them don't fill the disk. Whoever is still
/// connected to it is disconnected.
pub async fn drop_database(url: &str) {
    let (server, query) = url.split_once('?').unwrap();
    let (server, name) = server.rsplit_once('/').unwrap();
    let mut connection = PgConnection::connect(&format!("{server}/postgres?{query}")).await.unwrap();
    connection.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
    connection.close().await.unwrap();
}

/// Makes a database unreachable, as a server that is stopped is: everybody is disconnected, nobody gets in again.
pub async fn take_away(url: &str) {
    let (mut connection, name) = beside(url).await;
    connection.execute(AssertSqlSafe(format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false"))).await.unwrap();
    let end = format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'");
    connection.execute(AssertSqlSafe(end)).await.unwrap();
    connection.execute(AssertSqlSafe(format!("ALTER DATABASE {name} RENAME TO {name}_away"))).await.unwrap();
    connection.close().await.unwrap();
}

/// Makes a database reachable again.
pub async fn bring_back(url: &str) {
    let (mut connection, name) = beside(url).await;
    connection.execute(AssertSqlSafe(format!("ALTER DATABASE {name}_away RENAME TO {name}"))).await.unwrap();
    connection.execute(AssertSqlSafe(format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true"))).await.unwrap();
    connection.close().await.unwrap();
}

/// A connection to the same server, and the database's name.
async fn beside(url: &str) -> (PgConnection, String) {
    let (server, query) = url.split_once('?').unwrap();
    let (server, name) = server.rsplit_once('/').unwrap();
    (PgConnection::connect(&format!("{server}/postgres?{query}")).await.unwrap(), name.to_owned())
}

impl Cluster {
    fn url(&self, database: &str) -> String {
        format!("postgres://guestlist@localhost/{database}?host={}", self.folder.display())
    }
}

fn start() -> Result<Cluster, String> {
    let programs = programs().ok_or("no `initdb` and `postgres` in PATH or /usr/lib/postgresql/*/bin")?;
    let folder = tempfile::Builder::new().prefix("guestlist-postgres-").tempdir().unwrap().keep();
    let drop_privileges = if nix::unistd::geteuid().is_root() { other_user(&folder)? } else { Vec::new() };
    let mut arguments = vec![folder.as_os_str(), programs.as_os_str()];
    arguments.extend(drop_privileges.iter().map(OsStr::new));
    let mut leash = Leash::script(SUPERVISOR, &arguments);
    match wait_for(leash.stdout(), "cluster is ready") {
        Ok(_) => Ok(Cluster { folder, _leash: leash }),
        Err(output) => Err(format!("the throw-away cluster did not start: {output}")),
    }
}

/// The folder of the server's programs: one in `PATH`, or the newest of those that Debian installs beside it.
fn programs() -> Option<PathBuf> {
    let complete = |folder: &Path| ["initdb", "postgres"].iter().all(|name| folder.join(name).is_file());
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = installed
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| complete(folder))
        .collect();
    versions.sort();
    let in_path = find("initdb").and_then(|file| Some(file.canonicalize().ok()?.parent()?.to_path_buf()));
    in_path.filter(|folder| complete(folder)).or_else(|| versions.pop().map(|(_, folder)| folder))
}

/// The server refuses to run as root: hands the folder to another user and gives the words that become that user.
fn other_user(folder: &Path) -> Result<Vec<String>, String> {
    let user = ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| nix::unistd::User::from_name(name).ok().flatten())
        .ok_or("root can't run PostgreSQL, and there is no user `postgres` or `nobody` to run it as")?;
    nix::unistd::chown(folder, Some(user.uid), Some(user.gid)).unwrap();
    if let Some(setpriv) = find("setpriv") {
        let words = [format!("--reuid={}", user.uid), format!("--regid={}", user.gid), "--clear-groups".into()];
        return Ok([vec![setpriv.display().to_string()], words.into()].concat());
    }
    let runuser = find("runuser").ok_or("root can't run PostgreSQL, and there is no `setpriv` or `runuser`")?;
    Ok(vec![runuser.display().to_string(), "-u".into(), user.name, "--".into()])
}

#[tokio::test]
async fn two_fresh_databases_are_separate() {
    let Some(first) = fresh_database().await else { return };
    let second = fresh_database().await.unwrap();
    let mut in_first = PgConnection::connect(&first).await.unwrap();
    let mut in_second = PgConnection::connect(&second).await.unwrap();
    in_first.execute("CREATE TABLE only_here (id INTEGER)").await.unwrap();
    assert!(in_first.execute("SELECT id FROM only_here").await.is_ok());
    assert!(in_second.execute("SELECT id FROM only_here").await.is_err());
    drop_database(&first).await;
    assert!(PgConnection::connect(&first).await.is_err());
    drop_database(&second).await;
}
