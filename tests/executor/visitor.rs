//! Somebody at a browser, without HTTP: keeps the session as a cookie jar would.

use chrono::{DateTime, TimeDelta, Utc};
use guestlist::domain::event::Actor;
use guestlist::domain::id::{BindingId, InvitationId};
use guestlist::executor::{Answered, Answers, Challenge, Executor, Looking, Opened, Opening, Response, View};
use guestlist::store::Store;

use crate::support::fixture::{QUICK, noon};

/// A visitor of one flow.
pub struct Visitor {
    /// What runs the flow.
    pub executor: Executor,
    /// The flow's slug.
    pub slug: String,
    /// The time at which everything happens until it is changed.
    pub now: DateTime<Utc>,
    /// The query of the page, without an invitation's token.
    pub query: Vec<(String, String)>,
    session: Option<Vec<u8>>,
}

/// What the two pages of [`two_pages`](crate::support::fixture::two_pages) are answered with.
pub const CREDENTIALS: &[(&str, &str)] = &[("username", "jane"), ("password", "s3cret"), ("password_repeat", "s3cret")];
/// See [`CREDENTIALS`].
pub const DETAILS: &[(&str, &str)] = &[("name", "Jane Doe"), ("email", "jane@example.com")];

fn fresh() -> Vec<u8> {
    guestlist::clock::new_id().as_bytes().repeat(2)
}

/// Answers of a form.
pub fn answers(pairs: &[(&str, &str)]) -> Answers {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

impl Visitor {
    /// Somebody who comes at noon, for the first time.
    pub fn new(store: &Store, slug: &str) -> Visitor {
        let executor = Executor::new(store.clone(), QUICK).unwrap();
        Visitor { executor, slug: slug.into(), now: noon(), query: Vec::new(), session: None }
    }

    /// Somebody who has opened an invitation at noon.
    pub async fn with(store: &Store, slug: &str, invitation: InvitationId) -> Visitor {
        let mut visitor = Visitor::new(store, slug);
        assert!(matches!(visitor.open(&invitation.token()).await, Opened::Begun { fresh: true }));
        visitor
    }

    /// Opens a link.
    pub async fn open(&mut self, token: &str) -> Opened {
        self.begin(Some(token)).await
    }

    /// Opens a link, or the flow without one.
    pub async fn begin(&mut self, token: Option<&str>) -> Opened {
        let new = fresh();
        let visitor = Actor::visitor("192.0.2.7");
        let opening = Opening {
            slug: &self.slug,
            token,
            session: self.session.clone(),
            fresh: new.clone(),
            query: &self.query,
            http: None,
            act: visitor.at(self.now),
        };
        let opened = self.executor.open(opening).await.unwrap();
        if opened == (Opened::Begun { fresh: true }) {
            self.session = Some(new);
        }
        opened
    }

    /// Looks at the page.
    pub async fn look(&self) -> View {
        let visitor = Actor::visitor("192.0.2.7");
        let act = visitor.at(self.now);
        let looking = Looking { slug: &self.slug, session: self.session.as_deref(), http: None, act };
        self.executor.look(looking).await.unwrap()
    }

    /// The questions that the page shows.
    pub async fn questions(&self) -> Challenge {
        match self.look().await {
            View::Challenge(challenge) => challenge,
            other => panic!("no questions: {other:?}"),
        }
    }

    /// Fills in the page that is shown.
    pub async fn post(&mut self, pairs: &[(&str, &str)]) -> Answered {
        let stage = self.questions().await.stage;
        self.post_to(stage, pairs).await
    }

    /// Posts the form of a page, perhaps of an earlier one.
    pub async fn post_to(&mut self, stage: BindingId, pairs: &[(&str, &str)]) -> Answered {
        let new = fresh();
        let visitor = Actor::visitor("192.0.2.7");
        let response = Response {
            slug: &self.slug,
            session: self.session.clone().unwrap_or_default(),
            fresh: new.clone(),
            stage,
            answers: &answers(pairs),
            http: None,
            act: visitor.at(self.now),
        };
        let answered = self.executor.respond(response).await.unwrap();
        if matches!(answered, Answered::Next { login: Some(_) }) {
            self.session = Some(new);
        }
        answered
    }

    /// Goes back from the page that is shown.
    pub async fn go_back(&mut self) -> Answered {
        self.go_back_with(&[]).await
    }

    /// The same, with what was typed there.
    pub async fn go_back_with(&mut self, pairs: &[(&str, &str)]) -> Answered {
        let (stage, new) = (self.questions().await.stage, fresh());
        let visitor = Actor::visitor("192.0.2.7");
        let response = Response {
            slug: &self.slug,
            session: self.session().to_vec(),
            fresh: new,
            stage,
            answers: &answers(pairs),
            http: None,
            act: visitor.at(self.now),
        };
        self.executor.go_back(response).await.unwrap()
    }

    /// Fills in the page that is shown, rightly.
    pub async fn go_on(&mut self, pairs: &[(&str, &str)]) {
        let answered = self.post(pairs).await;
        assert!(matches!(answered, Answered::Next { .. }), "{answered:?}");
    }

    /// Moves the clock.
    pub fn wait(&mut self, time: TimeDelta) {
        self.now += time;
    }

    /// Comes back with another cookie; the one before.
    pub fn use_session(&mut self, session: Vec<u8>) -> Vec<u8> {
        self.session.replace(session).unwrap()
    }

    /// The hash of the session's token.
    pub fn session(&self) -> &[u8] {
        self.session.as_deref().unwrap()
    }
}

/// What a page shows: field, value, error.
pub fn shown(challenge: &Challenge) -> Vec<(&str, &str, String)> {
    let error = |error: &Option<guestlist::domain::prompt::AnswerFault>| {
        error.as_ref().map(ToString::to_string).unwrap_or_default()
    };
    challenge.fields().iter().map(|field| (field.key.as_str(), field.value.as_str(), error(&field.error))).collect()
}

/// The questions that come back after an answer that was not accepted.
pub fn again(answered: Answered) -> Challenge {
    match answered {
        Answered::Again(challenge) => *challenge,
        other => panic!("accepted: {other:?}"),
    }
}
