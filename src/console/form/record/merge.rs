//! What somebody else changed while a small dialog was open.

use super::{ATTRIBUTES, Record, RecordForm};
use crate::console::conflict::{self, Conflict, Now};
use crate::console::zone::Zone;

impl RecordForm {
    /// Takes it as somebody else left it: what was not touched here becomes what it is there, what both changed is told at
    /// its field. `true` where there is nothing to tell: then it can be saved again at once.
    pub fn take_conflict(&mut self, conflict: Conflict, zone: Zone) -> bool {
        let Conflict { now, author } = conflict;
        let author = author.as_ref();
        let (theirs, activation) = match (&self.record, now) {
            (Record::User(Some(read)), Now::User(now)) => {
                let switched = (read.is_active != now.is_active).then_some(now.is_active);
                (Self::user(Some(*now)), switched.map(|active| conflict::told_of_activation(author, active, zone)))
            }
            (Record::Group(Some(_)), Now::Group(now)) => (Self::group(Some(*now)), None),
            (Record::Prompt(_, others), Now::Prompt(now)) => (Self::prompt(*now, others.clone()), None),
            _ => return false,
        };
        let (mut errors, mut taken): (Vec<(String, String)>, Vec<&str>) = Default::default();
        self.contested.clear();
        let initial = std::mem::replace(&mut self.initial, theirs.initial);
        for (index, (field, theirs)) in self.fields.iter_mut().zip(theirs.fields).enumerate() {
            let (was, is, mine) = (&initial[index], theirs.input.text(), field.input.text());
            if *was == is || mine == is {
                continue;
            }
            if mine == *was {
                field.input = theirs.input;
                taken.push(field.label);
                continue;
            }
            let told = conflict::told(author, &field.input.said(was), &field.input.said(&is), zone);
            errors.push((field.name.to_owned(), told));
            self.contested.push((index, theirs.input));
        }
        self.merged = (!taken.is_empty()).then(|| conflict::told_of_merge(author, &taken, zone));
        self.record = theirs.record;
        self.live.changed |= self.has_attributes();
        errors.extend(activation.map(|told| (String::new(), told)));
        let again = errors.is_empty();
        self.refuse(errors);
        again
    }

    /// Puts into the field under the cursor, or else the first one that is asked about, what somebody else wrote there.
    pub(super) fn take_theirs(&mut self) {
        let here = self.contested.iter().position(|(field, _)| *field == self.focus).unwrap_or(0);
        if here >= self.contested.len() {
            return;
        }
        let (place, input) = self.contested.remove(here);
        let Some(field) = self.fields.get_mut(place) else { return };
        field.input = input;
        self.focus = place;
        let name = field.name;
        self.live.changed |= name == ATTRIBUTES;
        self.errors.retain(|(at, _)| at != name);
    }

    /// What somebody else changed meanwhile that is kept, where there is something.
    pub fn merged(&self) -> Option<&str> {
        self.merged.as_deref()
    }

    /// Whether somebody else wrote something else where something is typed.
    pub fn is_contested(&self) -> bool {
        !self.contested.is_empty()
    }
}
