//! Brands: how authentik looks under a domain. Kept for blueprints; our pages look the same under every domain.

use super::Mapping;
use super::flow::Designation;
use super::id::{BrandId, FlowId};

/// A brand.
#[derive(Debug, Clone, PartialEq)]
pub struct Brand {
    /// Its id.
    pub id: BrandId,
    /// The domain that it is for.
    pub domain: String,
    /// Whether it is for all other domains too; one brand at most.
    pub is_default: bool,
    /// Everything else, as blueprints name it.
    pub settings: Mapping,
}

impl Brand {
    /// The flow that the brand has for something, where it names one.
    pub fn flow_for(&self, designation: Designation) -> Option<FlowId> {
        let key = match designation {
            Designation::Authentication => "flow_authentication",
            Designation::Invalidation => "flow_invalidation",
            Designation::Recovery => "flow_recovery",
            Designation::Unenrollment => "flow_unenrollment",
            Designation::StageConfiguration => "flow_user_settings",
            Designation::Enrollment | Designation::Authorization => return None,
        };
        uuid::Uuid::try_parse(self.settings.get(key)?.as_str()?).ok().map(FlowId)
    }
}
