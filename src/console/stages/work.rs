//! Reads and rearranges the stages of a flow.

use super::{Answer, Ask, Choice, Edit, Edited, Seen, Step};
use crate::console::conflict::Author;
use crate::console::event::Outcome;
use crate::console::runtime::{World, sentence, told};
use crate::domain::event::Act;
use crate::domain::flow::{Flow, StageBinding};
use crate::domain::id::{BindingId, FlowId, StageId};
use crate::domain::policy::PolicyBinding;
use crate::store::{StoreError, Tx, flows, policies, prompts, stages};

/// So far back in the log is looked for who rearranged the stages.
const BACK: u32 = 200;

/// What was done: what to say, what takes it back, which stage to show.
type Done = (String, Step, Option<BindingId>);

impl World {
    /// Does what is asked for the stages of a flow.
    pub(in crate::console) async fn stages(&self, ask: Ask) -> Outcome {
        let answer = match ask {
            Ask::Load(flow) => self.read_stages(flow).await.map(|seen| Answer::Loaded(flow, seen.map(Box::new))),
            Ask::Choices(flow) => self.stages_to_bind(flow).await.map(|found| Answer::Choices(flow, found)),
            Ask::Edit(edit) => match self.rearrange(&edit).await {
                Ok(answer) => Ok(answer),
                Err(error @ StoreError::Unreachable(_)) => Err(error),
                Err(StoreError::Stale) => {
                    Ok(Answer::Refused(edit.flow, "Somebody changed this prompt in the meantime.".to_owned()))
                }
                Err(error) => Ok(Answer::Refused(edit.flow, sentence(&error))),
            },
        };
        told(answer.map(|answer| Outcome::Stages(Box::new(answer))))
    }

    async fn read_stages(&self, flow: FlowId) -> Result<Option<Seen>, StoreError> {
        let mut tx = self.store.begin().await?;
        match flows::find(&mut tx, flow).await? {
            Some(flow) => seen(&mut tx, flow).await.map(Some),
            None => Ok(None),
        }
    }

    async fn stages_to_bind(&self, flow: FlowId) -> Result<Vec<Choice>, StoreError> {
        let mut tx = self.store.begin().await?;
        let bound: Vec<StageId> = flows::bindings(&mut tx, flow).await?.iter().map(|binding| binding.stage).collect();
        let mut found: Vec<Choice> = Vec::new();
        for stage in stages::list(&mut tx).await? {
            let here = if bound.contains(&stage.id) { " · bound here already" } else { "" };
            let label = format!("{} · {}{here}", stage.kind.label(), stage.name);
            found.push(Choice { stage: stage.id, label });
        }
        found.sort_by(|a, b| a.label.cmp(&b.label));
        Ok(found)
    }

    async fn rearrange(&self, edit: &Edit) -> Result<Answer, StoreError> {
        let mut tx = self.store.begin_write().await?;
        let Some(flow) = flows::find(&mut tx, edit.flow).await? else { return Ok(Answer::Loaded(edit.flow, None)) };
        if flows::bindings(&mut tx, flow.id).await? != edit.seen {
            let author = flows::last_rearranged(&mut tx, &flow.slug, BACK).await?;
            let author = author.map(|(by, at)| Author { by, at });
            return Ok(Answer::Stale(author, Box::new(seen(&mut tx, flow).await?)));
        }
        let act = self.actor.at((self.clock)());
        let (said, undo, show) = match &edit.step {
            Step::Order(orders) => order(&mut tx, edit, orders, &act).await?,
            Step::Bind(stage) => self.bind_stage(&mut tx, flow.clone(), *stage, &act).await?,
            Step::BindAgain(binding, guards) => bind_again(&mut tx, binding, guards, &act).await?,
            Step::Unbind(id) => unbind(&mut tx, *id, &act).await?,
            Step::Prompt(read, wanted) => {
                prompts::update_read(&mut tx, read, wanted, &act).await?;
                let undo = Step::Prompt(wanted.clone(), read.clone());
                (format!("The prompt {} is as it was.", wanted.name), undo, None)
            }
        };
        let seen = seen(&mut tx, flow).await?;
        tx.commit().await?;
        Ok(Answer::Edited(Box::new(Edited { said, undo, is_undo: edit.is_undo, show, seen })))
    }

    async fn bind_stage(&self, tx: &mut Tx, flow: Flow, stage: StageId, act: &Act<'_>) -> Result<Done, StoreError> {
        let stage = stages::find(tx, stage).await?.ok_or_else(|| StoreError::NotFound("the stage".into()))?;
        let outline = flows::outline(tx, flow).await?;
        let id = BindingId((self.new_id)());
        let binding = StageBinding::new(id, outline.flow.id, stage.id, outline.order_after_last());
        flows::insert_binding(tx, &binding, act).await?;
        Ok((format!("Bound {}, last in order. K moves it.", stage.name), Step::Unbind(id), Some(id)))
    }
}

/// The stages of a flow as they are.
async fn seen(tx: &mut Tx, flow: Flow) -> Result<Seen, StoreError> {
    let shared = flows::sharing(tx, flow.id).await?;
    Ok(Seen { outline: flows::outline(tx, flow).await?, shared })
}

async fn order(tx: &mut Tx, edit: &Edit, orders: &[(BindingId, i32)], act: &Act<'_>) -> Result<Done, StoreError> {
    let before = |(id, _): &(BindingId, i32)| edit.seen.iter().find(|it| it.id == *id).map(|it| (*id, it.order));
    let undo = Step::Order(orders.iter().filter_map(before).collect());
    flows::reorder(tx, orders, act).await?;
    Ok(("Moved.".to_owned(), undo, None))
}

async fn unbind(tx: &mut Tx, id: BindingId, act: &Act<'_>) -> Result<Done, StoreError> {
    let gone = || StoreError::NotFound("the stage of the flow".into());
    let binding = flows::find_binding(tx, id).await?.ok_or_else(gone)?;
    let stage = stages::find(tx, binding.stage).await?.ok_or_else(gone)?;
    let guards = policies::bindings(tx, crate::domain::policy::Guarded::Stage(id)).await?;
    flows::delete_binding(tx, &binding, act).await?;
    Ok((format!("Unbound {}; the stage stays.", stage.name), Step::BindAgain(Box::new(binding), guards), None))
}

async fn bind_again(
    tx: &mut Tx,
    binding: &StageBinding,
    guards: &[PolicyBinding],
    act: &Act<'_>,
) -> Result<Done, StoreError> {
    flows::insert_binding(tx, binding, act).await?;
    for guard in guards {
        policies::insert_binding(tx, guard, act).await?;
    }
    Ok(("Bound again as it was.".to_owned(), Step::Unbind(binding.id), Some(binding.id)))
}
