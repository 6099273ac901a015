//! Password hashing: Argon2id, slow on purpose, so bounded and away from the threads that serve.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use serde::Deserialize;
use thiserror::Error;

use crate::domain::user::PasswordHash;
use crate::turns::{Busy, Turns};

/// Why a password was neither hashed nor compared.
#[derive(Debug, Error)]
pub enum HashingFailed {
    /// Too many are waiting.
    #[error("too many passwords are waiting to be hashed")]
    Busy,
    /// A fault of ours.
    #[error("hashing a password failed: {0}")]
    Failed(String),
}

impl From<Busy> for HashingFailed {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

/// What hashing returns.
pub type Result<T> = std::result::Result<T, HashingFailed>;

/// Parameters of Argon2id. The default is OWASP's recommendation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hashing {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
    /// How many passwords may wait to be hashed; whoever sends one more is asked to come back in a moment. As many as
    /// the machine has cores are hashed at once.
    pub waiting: u32,
}

impl Default for Hashing {
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, parallelism: 1, waiting: 64 }
    }
}

impl Hashing {
    /// Refuses what Argon2 would refuse, before the first password does.
    pub fn check(self) -> std::result::Result<Self, String> {
        if self.iterations < 1 {
            return Err("`iterations` is at least 1".into());
        }
        if !(1..1 << 24).contains(&self.parallelism) {
            return Err("`parallelism` is at least 1 and less than 16777216".into());
        }
        if self.waiting < 1 {
            return Err("`waiting` is at least 1".into());
        }
        let least = 8 * self.parallelism;
        if self.memory_kib < least {
            return Err(format!("`memory_kib` is at least {least}: 8 for each lane of `parallelism`"));
        }
        Ok(self)
    }
}

/// Hashes passwords, as many at once as the machine has cores, while a bounded number waits.
#[derive(Debug, Clone)]
pub struct Hasher {
    argon2: Argon2<'static>,
    turns: Turns,
}

impl Hasher {
    /// A hasher; an error where Argon2 does not take the parameters.
    pub fn new(hashing: Hashing) -> Result<Self> {
        let params = Params::new(hashing.memory_kib, hashing.iterations, hashing.parallelism, None)
            .map_err(|why| HashingFailed::Failed(why.to_string()))?;
        Ok(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            turns: Turns::new(hashing.waiting),
        })
    }

    /// Hashes a password with a new salt; a PHC string.
    pub async fn hash(&self, password: String) -> Result<PasswordHash> {
        self.work(move |argon2| argon2.hash_password(password.as_bytes()).map(|hash| PasswordHash(hash.to_string())))
            .await?
            .map_err(|why| HashingFailed::Failed(why.to_string()))
    }

    /// Whether a hash is that of a password. What is no hash is nobody's.
    pub async fn matches(&self, password: String, hash: PasswordHash) -> Result<bool> {
        self.work(move |argon2| argon2.verify_password(password.as_bytes(), hash.0.as_str()).is_ok()).await
    }

    /// Does slow work when its turn has come, on a thread that serves nobody.
    async fn work<T: Send + 'static>(&self, work: impl FnOnce(&Argon2<'static>) -> T + Send + 'static) -> Result<T> {
        let turn = self.turns.take().await?;
        let argon2 = self.argon2.clone();
        let done = tokio::task::spawn_blocking(move || {
            let _held_until_done = turn;
            work(&argon2)
        });
        done.await.map_err(|why| HashingFailed::Failed(why.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_is_that_of_its_password_and_of_no_other() {
        let hasher =
            Hasher::new(Hashing { memory_kib: 8, iterations: 1, parallelism: 1, ..Hashing::default() }).unwrap();
        let hash = hasher.hash("correct horse".into()).await.unwrap();
        assert!(hash.0.starts_with("$argon2id$"));
        assert!(hasher.matches("correct horse".into(), hash.clone()).await.unwrap());
        assert!(!hasher.matches("correct hors".into(), hash).await.unwrap());
        assert!(!hasher.matches("x".into(), PasswordHash("pbkdf2_sha256$1$x".into())).await.unwrap());
    }
}
