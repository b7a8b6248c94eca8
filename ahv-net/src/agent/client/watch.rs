use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use jsonrpsee::core::client::Subscription;

use super::Client;
use super::connection::{Transport, WebSocket};
use crate::agent::notice::Notice;
use crate::agent::rpc::AgentClient;
use crate::topology::{self, Topology};
use crate::watch::{Event, Source, Watch};
use crate::{Error, Facade};

/// The longest pause before a lost agent is asked again.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// A watch over an agent: by a subscription where a WebSocket is open, else by asking again and again.
struct Following {
    client: Client,
    topology: Arc<Topology>,
    notices: Option<Subscription<Notice>>,
    waiting: VecDeque<Event>,
    is_lost: bool,
    /// The agent takes the token no more: asking again is of no use.
    has_ended: bool,
    pause: Duration,
}

impl Client {
    pub(super) async fn follow(&self) -> Result<Watch, Error> {
        let (topology, notices) = self.begin().await?;
        let following = Following {
            client: self.clone(),
            topology: Arc::clone(&topology),
            notices,
            waiting: VecDeque::new(),
            is_lost: false,
            has_ended: false,
            pause: self.options.poll,
        };
        let events = futures_util::stream::unfold(following, |mut following| async move {
            let event = following.next().await?;
            Some((event, following))
        });
        Ok(Watch::of(topology, events.boxed()))
    }

    /// The picture, and what tells of its changes where there is such a thing.
    async fn begin(&self) -> Result<(Arc<Topology>, Option<Subscription<Notice>>), Error> {
        match &self.transport {
            Transport::Http(_) => Ok((Arc::new(self.show().await?), None)),
            Transport::WebSocket(socket) => {
                let (topology, notices) = self.subscribe(socket).await?;
                Ok((topology, Some(notices)))
            }
        }
    }

    async fn subscribe(&self, socket: &WebSocket) -> Result<(Arc<Topology>, Subscription<Notice>), Error> {
        let connected = socket.client(self).await?;
        let mut notices = connected
            .watch(Some(true))
            .await
            .map_err(|error| self.look_error(error))?;
        match tokio::time::timeout(self.options.timeout, notices.next()).await {
            Ok(Some(Ok(Notice::Picture { topology }))) => Ok((topology, notices)),
            _ => Err(crate::agent::AgentError::NoAnswer {
                url: self.url().to_owned(),
                why: "the watch did not begin with a picture".to_owned(),
            }
            .into()),
        }
    }
}

impl Following {
    /// The next event; none after the agent has said that the token is valid no more, which the last events before tell.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if self.has_ended {
                return None;
            }
            if self.is_lost {
                tokio::time::sleep(self.pause).await;
                self.pause = (self.pause * 2).min(LONGEST_PAUSE);
                self.begin_again().await;
                continue;
            }
            match &mut self.notices {
                Some(notices) => match notices.next().await {
                    Some(Ok(notice)) => self.take(notice),
                    // Lagged behind, closed, or not understood: what was missed is in the next picture.
                    Some(Err(error)) => self.lose(&error.to_string()),
                    None => self.lose("the agent told no more"),
                },
                None => {
                    tokio::time::sleep(self.client.options.poll).await;
                    match self.client.show().await {
                        Ok(topology) => self.compare(Arc::new(topology)),
                        Err(error) => self.lose_by(&error),
                    }
                }
            }
        }
    }

    fn take(&mut self, notice: Notice) {
        match notice {
            Notice::Picture { topology }
            | Notice::Change {
                topology: Some(topology),
                ..
            } => self.compare(topology),
            Notice::Change { topology: None, .. } => {}
            Notice::Resync { source, reason } => self.waiting.push_back(Event::Resync { source, reason }),
            Notice::Lost { source, reason } => self.waiting.push_back(Event::Lost { source, reason }),
            Notice::Regained { source } => self.waiting.push_back(Event::Regained { source }),
            Notice::Ended { reason } => {
                self.lose(&reason);
                self.has_ended = true;
            }
        }
    }

    fn compare(&mut self, topology: Arc<Topology>) {
        let difference = topology::diff(&self.topology, &topology);
        self.topology = Arc::clone(&topology);
        if !difference.is_empty() {
            self.waiting.push_back(Event::Change { topology, difference });
        }
    }

    fn lose(&mut self, reason: &str) {
        self.notices = None;
        self.is_lost = true;
        self.pause = self.client.options.poll;
        for source in self.sources() {
            self.waiting.push_back(Event::Lost {
                source,
                reason: reason.to_owned(),
            });
        }
    }

    fn lose_by(&mut self, error: &Error) {
        self.lose(&error.to_string());
        self.has_ended = is_unauthorized(error);
    }

    async fn begin_again(&mut self) {
        match self.client.begin().await {
            Ok((topology, notices)) => {
                self.notices = notices;
                self.is_lost = false;
                for source in self.sources() {
                    self.waiting.push_back(Event::Regained { source });
                }
                self.compare(topology);
            }
            Err(error) if is_unauthorized(&error) => self.lose_by(&error),
            Err(_) => {}
        }
    }

    /// The sources that the picture is of: with the agent all of them are lost.
    fn sources(&self) -> Vec<Source> {
        [
            (Source::Ovsdb, "ovsdb"),
            (Source::Libvirt, "libvirt"),
            (Source::Kernel, "kernel"),
        ]
        .into_iter()
        .filter_map(|(source, name)| self.topology.was_read(name).then_some(source))
        .collect()
    }
}

fn is_unauthorized(error: &Error) -> bool {
    matches!(error, Error::Agent(error) if error.is_unauthorized())
}
