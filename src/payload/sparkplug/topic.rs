//! What the topic of a Sparkplug message says (Sparkplug 3.0, 4.1): `spBv1.0/group/DDATA/node/device`.

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An edge node is there, with all its metrics.
    NBirth,
    /// An edge node is gone.
    NDeath,
    /// Metrics of an edge node changed.
    NData,
    /// Something is written to an edge node.
    NCmd,
    /// A device is there, with all its metrics.
    DBirth,
    /// A device is gone.
    DDeath,
    /// Metrics of a device changed.
    DData,
    /// Something is written to a device.
    DCmd,
    /// Whether a host application is there.
    State,
}

impl Kind {
    const ALL: [(Self, &'static str); 9] = [
        (Self::NBirth, "NBIRTH"),
        (Self::NDeath, "NDEATH"),
        (Self::NData, "NDATA"),
        (Self::NCmd, "NCMD"),
        (Self::DBirth, "DBIRTH"),
        (Self::DDeath, "DDEATH"),
        (Self::DData, "DDATA"),
        (Self::DCmd, "DCMD"),
        (Self::State, "STATE"),
    ];

    /// As it stands in the topic.
    pub fn name(self) -> &'static str {
        let name = Self::ALL.iter().find(|(kind, _)| *kind == self);
        name.map_or("", |(_, name)| name)
    }

    fn of_device(self) -> bool {
        matches!(self, Self::DBirth | Self::DDeath | Self::DData | Self::DCmd)
    }
}

/// The parts of a Sparkplug topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic<'a> {
    /// What the message is about.
    pub kind: Kind,
    /// The group; empty for [`Kind::State`].
    pub group: &'a str,
    /// The edge node; the host application for [`Kind::State`].
    pub node: &'a str,
    /// The device.
    pub device: Option<&'a str>,
}

impl<'a> Topic<'a> {
    /// The parts of `topic`, if it is one of Sparkplug B.
    pub fn parse(topic: &'a str) -> Option<Self> {
        let mut levels = topic.split('/');
        let first = levels.next()?;
        let rest: Vec<&str> = levels.collect();
        let state = |node| Self {
            kind: Kind::State,
            group: "",
            node,
            device: None,
        };
        match (first, rest.as_slice()) {
            ("spBv1.0", ["STATE", host]) | ("STATE", [host]) => Some(state(host)),
            ("spBv1.0", [group, kind, node, device @ ..]) => {
                let (kind, _) = Kind::ALL.iter().find(|(_, name)| name == kind)?;
                let device = match device {
                    [] => None,
                    [device] => Some(*device),
                    _ => return None,
                };
                let fits = *kind != Kind::State && kind.of_device() == device.is_some();
                fits.then_some(Self {
                    kind: *kind,
                    group,
                    node,
                    device,
                })
            }
            _ => None,
        }
    }

    /// The topic on which the same edge node or its device says this.
    pub fn sibling(&self, kind: Kind) -> String {
        let Self { group, node, .. } = self;
        let name = kind.name();
        match self.device.filter(|_| kind.of_device()) {
            Some(device) => format!("spBv1.0/{group}/{name}/{node}/{device}"),
            None => format!("spBv1.0/{group}/{name}/{node}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_taken_apart() {
        let topic = Topic::parse("spBv1.0/Plant/DDATA/Line 1/Pump").unwrap();
        assert_eq!(topic.kind, Kind::DData);
        assert_eq!(
            (topic.group, topic.node, topic.device),
            ("Plant", "Line 1", Some("Pump"))
        );
        assert_eq!(
            topic.sibling(Kind::DBirth),
            "spBv1.0/Plant/DBIRTH/Line 1/Pump"
        );
        assert_eq!(topic.sibling(Kind::NBirth), "spBv1.0/Plant/NBIRTH/Line 1");
        assert_eq!(topic.sibling(Kind::NCmd), "spBv1.0/Plant/NCMD/Line 1");
        assert_eq!(Topic::parse("spBv1.0/STATE/scada").unwrap().node, "scada");
        assert_eq!(Topic::parse("STATE/scada").unwrap().kind, Kind::State);
        let others = [
            "spBv1.0/Plant/NDATA/Line 1/Pump",
            "spBv1.0/Plant/DDATA/Line 1",
            "spBv1.0/Plant/XDATA/Line 1",
            "spBv1.0/Plant/STATE/Line 1",
            "home/kitchen",
            "spBv1.0",
        ];
        for topic in others {
            assert_eq!(Topic::parse(topic), None, "{topic}");
        }
    }
}
