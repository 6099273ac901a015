//! The flow that is meant where an address names only what it is for.

use super::{Executor, Result, plan, stage};
use crate::domain::event::Act;
use crate::domain::flow::{Designation, Flow};
use crate::domain::policy::Guarded;
use crate::policy::{Asked, Http, Request};
use crate::store::{brands, flows, sessions};

/// How many flows are tried for one visitor.
const MOST: usize = 20;

impl Executor {
    /// Whether a flow lets nobody in without an invitation.
    pub async fn is_by_invitation(&self, slug: &str) -> Result<bool> {
        let mut tx = self.store.begin().await?;
        Ok(plan::outline(&mut tx, slug).await?.is_some_and(|outline| stage::needs_invitation(&outline)))
    }

    /// The slug of the flow that the brand of a host has for something, else of the first one by its slug whose policies
    /// let the visitor in. Nothing is written.
    pub async fn usual_flow(
        &self,
        designation: Designation,
        session: Option<&[u8]>,
        http: Http,
        act: &Act<'_>,
    ) -> Result<Option<String>> {
        let mut tx = self.store.begin().await?;
        let brand = brands::of_host(&mut tx, &http.host).await?;
        if let Some(id) = brand.and_then(|brand| brand.flow_for(designation))
            && let Some(flow) = flows::find(&mut tx, id).await?
        {
            return Ok(Some(flow.slug.to_string()));
        }
        let session = match session {
            Some(hash) => sessions::find(&mut tx, hash, act.at).await?,
            None => None,
        };
        let mut all = flows::list(&mut tx).await?;
        tx.rollback().await?;
        all.retain(|flow| flow.designation == designation);
        all.sort_by(|a, b| a.slug.as_str().cmp(b.slug.as_str()));
        let request = Request {
            user: session.and_then(|session| session.user),
            client_ip: act.by.address.parse().ok(),
            http: Some(http),
            ..Request::new(act.at)
        };
        for flow in all.into_iter().take(MOST) {
            if self.lets_in(&flow, &request).await? {
                return Ok(Some(flow.slug.to_string()));
            }
        }
        Ok(None)
    }

    async fn lets_in(&self, flow: &Flow, request: &Request) -> Result<bool> {
        let asked = Asked::Guard(Guarded::Flow(flow.id), flow.policy_engine_mode);
        Ok(self.policies.settle(&self.store, &asked, request).await?.0.passing)
    }
}
