//! One visitor's way through a flow within one transaction: what stages work on, and what happens between them.

use super::challenge::{self, Place};
use super::memo::{Halt, Memo};
use super::respond::Login;
use super::stage::{self, Ran};
use super::{Refusal, planning};
use crate::domain::enrollment::{Context, Course, Enrollment, Notice, Session};
use crate::domain::event::Act;
use crate::domain::flow::{InvalidResponseAction, Outline, OutlineStep};
use crate::domain::id::BindingId;
use crate::domain::message::Message;
use crate::policy::Http;
use crate::store::{Tx, enrollments};

/// How many steps one request may take. No flow has as many stages; one that begins again and again would.
const MOST_STEPS: usize = 200;
/// How often a flow may begin again within one request.
const MOST_RESTARTS: usize = 5;

/// What the stages of one request work on.
pub(super) struct Walk<'a> {
    /// What was found out before this transaction.
    pub memo: &'a Memo,
    /// Who, from where, when.
    pub act: Act<'a>,
    /// The browser's request, for policies.
    pub http: Option<&'a Http>,
    /// The hash of a new session token, for who is signed in or out.
    pub fresh: &'a [u8],
    /// What pages and mails depend on.
    pub place: Place<'a>,
    /// The flow.
    pub outline: Outline,
    /// How far it has got.
    pub enrollment: Enrollment,
    /// Whose browser it is.
    pub session: Session,
    /// Whether the session has the new token.
    pub login: Option<Login>,
    /// Whether this transaction has written an account that nobody else sees yet.
    pub unseen: bool,
    /// Whether stages that change something run: not where somebody only opens a page.
    pub acting: bool,
    /// Where this transaction began to hold another flow's enrollment: that flow's slug.
    pub switched: bool,
    /// How many steps were taken.
    pub steps: usize,
    /// How often the flow has begun again.
    pub restarts: usize,
    /// The stage whose policies this request has asked already.
    pub admitted: Option<BindingId>,
}

/// Where a way has got to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reached {
    /// A stage waits for the person.
    Waits,
    /// The plan is at its end.
    End,
    /// The flow is refused: what was done stays, the plan does not.
    Denied(Vec<Message>),
}

impl<'a> Walk<'a> {
    /// A way on which stages act, from where an enrollment has got to.
    pub(super) fn new(
        memo: &'a Memo,
        act: Act<'a>,
        outline: Outline,
        enrollment: Enrollment,
        session: Session,
    ) -> Self {
        Self {
            memo,
            act,
            http: None,
            fresh: &[],
            place: Place::default(),
            outline,
            enrollment,
            session,
            login: None,
            unseen: false,
            acting: true,
            switched: false,
            steps: 0,
            restarts: 0,
            admitted: None,
        }
    }
}

impl Walk<'_> {
    /// The step that the enrollment is at.
    pub(super) fn step(&self) -> Option<OutlineStep> {
        let id = self.enrollment.plan.get(self.enrollment.position)?;
        challenge::step(&self.outline, *id).cloned()
    }

    /// Goes on until a stage waits for the person or the plan is at its end.
    pub(super) async fn onward(&mut self, tx: &mut Tx) -> Result<Reached, Halt> {
        while let Some(step) = self.step() {
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return Err(Halt::misconfigured("the flow goes round in circles"));
            }
            if let Some(refusal) = stage::not_executed(&self.enrollment, &self.outline) {
                return Err(Halt::Refused(refusal));
            }
            let is_admitted = self.admitted.take() == Some(step.binding.id);
            if !is_admitted && !self.is_entered(tx, &step).await? {
                self.enrollment.plan.remove(self.enrollment.position);
                continue;
            }
            match stage::run(self, tx, &step).await? {
                Ran::Passed => self.enrollment.position += 1,
                Ran::Moved => {}
                Ran::Waits => return Ok(Reached::Waits),
                Ran::Refuses(message) => {
                    if let Some(denied) = self.refused_by(tx, &step, message).await? {
                        return Ok(denied);
                    }
                }
            }
        }
        Ok(Reached::End)
    }

    /// A stage refuses to go on: the flow begins again where its binding says so, else it is over.
    pub(super) async fn refused_by(
        &mut self,
        tx: &mut Tx,
        step: &OutlineStep,
        message: String,
    ) -> Result<Option<Reached>, Halt> {
        if self.begins_again(tx, step).await? {
            return Ok(None);
        }
        Ok(Some(Reached::Denied(
            vec![message.into()].into_iter().filter(|message: &Message| !message.is_empty()).collect(),
        )))
    }

    /// Begins again where the binding of a stage that refused says so.
    pub(super) async fn begins_again(&mut self, tx: &mut Tx, step: &OutlineStep) -> Result<bool, Halt> {
        let kept = match step.binding.invalid_response_action {
            InvalidResponseAction::Retry => return Ok(false),
            InvalidResponseAction::Restart => Context {
                query: self.enrollment.context.query.clone(),
                use_counted: self.enrollment.context.use_counted,
                ..Context::default()
            },
            InvalidResponseAction::RestartWithContext => self.enrollment.context.clone(),
        };
        self.restarts += 1;
        self.admitted = None;
        if self.restarts > MOST_RESTARTS {
            return Err(Halt::misconfigured("the flow begins again without end"));
        }
        let course = Course { settled: self.enrollment.context.course.settled, ..Course::default() };
        self.enrollment.context = Context { course, notices: vec![Notice::BeginsAgain], ..kept };
        planning::plan(self, tx).await?;
        Ok(true)
    }

    /// Gives the plan up; the invitation stays, so that opening the page again begins anew.
    pub(super) async fn give_up(&mut self, tx: &mut Tx) -> Result<(), Halt> {
        let before = &self.enrollment.context;
        let course = Course { dropped: true, settled: before.course.settled, ..Course::default() };
        let (query, use_counted) = (before.query.clone(), before.use_counted);
        self.enrollment.context = Context { use_counted, query, course, ..Context::default() };
        self.enrollment.plan.clear();
        self.enrollment.position = 0;
        self.save(tx).await
    }

    /// Keeps how far it has got.
    pub(super) async fn save(&mut self, tx: &mut Tx) -> Result<(), Halt> {
        super::plan::touch(&mut self.enrollment, self.act.at);
        Ok(enrollments::update(tx, &self.enrollment).await?)
    }

    /// What a flow that does not apply to the visitor leads to.
    pub(super) fn not_applicable(&self, messages: Vec<Message>) -> Halt {
        match super::plan::elsewhere(&self.outline, &self.enrollment.context) {
            Some(to) => Halt::Elsewhere(to),
            None if messages.is_empty() => Halt::Refused(Refusal::NotApplicable),
            None => Halt::Refused(Refusal::Denied { messages }),
        }
    }
}
