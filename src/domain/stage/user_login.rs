//! The stage that signs people in.

use serde::{Deserialize, Serialize};

use crate::domain::flow::names;
use crate::domain::when::Span;

names!(
    /// How closely a session is bound to the network that it began in.
    NetworkBinding {
        /// Not at all.
        NoBinding = "no_binding",
        /// To the provider's number.
        Asn = "bind_asn",
        /// To the provider's network.
        AsnNetwork = "bind_asn_network",
        /// To the address.
        AsnNetworkIp = "bind_asn_network_ip",
    }
);

names!(
    /// How closely a session is bound to the place that it began in.
    GeoipBinding {
        /// Not at all.
        NoBinding = "no_binding",
        /// To the continent.
        Continent = "bind_continent",
        /// To the country.
        ContinentCountry = "bind_continent_country",
        /// To the city.
        ContinentCountryCity = "bind_continent_country_city",
    }
);

/// Signs the person in. What the database keeps from before a setting was known has that setting's default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserLoginStage {
    /// How long the session lasts; zero means until the browser is closed.
    pub session_duration: Span,
    /// Whether the person's other sessions end.
    pub terminate_other_sessions: bool,
    /// By how much who asks to stay signed in stays longer; zero means that nobody is asked.
    pub remember_me_offset: Span,
    /// For how long a device is known again; kept for export.
    pub remember_device: Span,
    /// How closely sessions are bound to networks.
    pub network_binding: NetworkBinding,
    /// How closely sessions are bound to places.
    pub geoip_binding: GeoipBinding,
}

impl Default for UserLoginStage {
    fn default() -> Self {
        Self {
            session_duration: Span::ZERO,
            terminate_other_sessions: false,
            remember_me_offset: Span::ZERO,
            remember_device: Span(30 * 86_400),
            network_binding: NetworkBinding::NoBinding,
            geoip_binding: GeoipBinding::NoBinding,
        }
    }
}
