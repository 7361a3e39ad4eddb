//! The sockets of a lab, each in the state that its stand-in's door asks for.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpSocket;
use tokio::task::JoinHandle;

use crate::Error;
use crate::config::Door;
use crate::server::{self, Shared, Who};
use crate::socket::{self, BlackHole};

#[derive(Default)]
pub(super) struct Doors(Vec<Opening>);

struct Opening {
    who: Who,
    address: SocketAddr,
    held: Held,
}

enum Held {
    Bound(TcpSocket),
    /// Somebody accepts; what happens then is decided at each connection.
    Accepting(JoinHandle<()>),
    /// Bound, so that nobody else gets the port, and not listening, so that the kernel refuses.
    Refusing {
        _bound: TcpSocket,
    },
    BlackHole {
        _hole: BlackHole,
    },
    /// Between two states.
    Nothing,
}

impl Doors {
    /// Binds; the door is set later.
    pub(super) fn add(&mut self, address: SocketAddr, who: Who) -> Result<SocketAddr, Error> {
        let failed = |error| format!("failed to bind {address}: {error}");
        let bound = socket::bind(address).map_err(failed)?;
        let address = bound.local_addr()?;
        self.0.push(Opening { who, address, held: Held::Bound(bound) });
        Ok(address)
    }

    /// Brings every socket into the state that the configuration asks for.
    pub(super) async fn set(&mut self, shared: &Arc<Shared>) -> Result<(), Error> {
        for opening in &mut self.0 {
            let set = opening.set(shared).await;
            set.map_err(|error| format!("failed to set {}: {error}", opening.address))?;
        }
        Ok(())
    }
}

impl Opening {
    async fn set(&mut self, shared: &Arc<Shared>) -> std::io::Result<()> {
        let door = shared.door(self.who);
        let as_it_should = match (&self.held, door) {
            (Held::Refusing { .. }, Door::Refused) | (Held::BlackHole { .. }, Door::BlackHole) => {
                true
            }
            (Held::Accepting(_), door) => !matches!(door, Door::Refused | Door::BlackHole),
            _ => false,
        };
        if as_it_should {
            return Ok(());
        }
        let bound = match std::mem::replace(&mut self.held, Held::Nothing) {
            Held::Bound(bound) => bound,
            Held::Accepting(task) => {
                task.abort();
                // Its listener is closed once it has ended.
                let _ = task.await;
                socket::rebind(self.address).await?
            }
            held => {
                drop(held);
                socket::rebind(self.address).await?
            }
        };
        self.held = match door {
            Door::Refused => Held::Refusing { _bound: bound },
            Door::BlackHole => Held::BlackHole { _hole: BlackHole::new(bound).await? },
            _ => {
                let listener = socket::listening(bound)?;
                let accept = server::accept(listener, self.who, Arc::clone(shared));
                Held::Accepting(tokio::spawn(accept))
            }
        };
        Ok(())
    }
}
