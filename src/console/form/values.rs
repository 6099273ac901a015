//! The values of what is edited, each under the name of its field: to say what somebody else made of them meanwhile.

use super::fields::Field;
use super::merge::shown;
use crate::console::attributes;
use crate::console::zone::Zone;
use crate::domain::group::Group;
use crate::domain::invitation::InvitationView;
use crate::domain::user::User;

/// A field's name, what it was, and what it is.
pub type Pair = (&'static str, String, String);

/// A user's values.
pub fn user_values(user: &User) -> Vec<(&'static str, String)> {
    vec![
        ("username", user.username.to_string()),
        ("name", user.name.clone()),
        ("email", user.email.clone()),
        ("path", user.path.clone()),
        ("attributes", attributes::write(&user.attributes)),
    ]
}

/// A group's values.
pub fn group_values(group: &Group) -> Vec<(&'static str, String)> {
    vec![
        ("name", group.name.clone()),
        ("is_superuser", if group.is_superuser { "yes" } else { "no" }.to_owned()),
        ("attributes", attributes::write(&group.attributes)),
    ]
}

/// An invitation's values.
pub fn invitation_values(view: &InvitationView, zone: Zone) -> Vec<(&'static str, String)> {
    let label = |field| match field {
        Field::Expires => "Expires",
        Field::Flow => "Flow",
        Field::Attributes => "Custom attributes",
        Field::SingleUse | Field::MaxUses => "How many may use it",
        Field::Note => "Note",
        Field::Name | Field::Save | Field::Cancel => "Name",
    };
    shown(view, zone).into_iter().map(|(field, value)| (label(field), value)).collect()
}

/// What was and what is, field by field.
pub fn pairs(before: Vec<(&'static str, String)>, after: Vec<(&'static str, String)>) -> Vec<Pair> {
    before.into_iter().zip(after).map(|((name, before), (_, after))| (name, before, after)).collect()
}
