//! A real `eks-triage serve` that runs beside the lab, as the DaemonSet would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::rig::Lab;
use crate::{Error, world};

/// It opens its doors before it does anything else.
const OPENS: Duration = Duration::from_secs(20);

/// Killed with this value.
pub struct Serving {
    child: Child,
    local: SocketAddr,
    node: SocketAddr,
    said: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Lab {
    /// With free ports on loopback. Probes that are made from now on report to it.
    pub fn serve(&self, arguments: &[&str]) -> Result<Serving, Error> {
        let mut command = self.agent("serve")?;
        command.args(["--listen-local", "127.0.0.1:0", "--node-address", "127.0.0.1"]);
        command.args(["--port", "0"]).args(arguments);
        // Its doors are read from its log.
        if !arguments.contains(&"--log-level") {
            command.args(["--log-level", "info"]);
        }
        command.env("NODE_NAME", world::NODE);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let stderr = child.stderr.take().ok_or("the agent has no stderr")?;
        let said = Arc::new(Mutex::new(String::new()));
        let (opened, doors) = mpsc::channel();
        let heard = Arc::clone(&said);
        let reader = thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if let Some(door) = door(&line) {
                    // Who has heard of both doors does not listen any more.
                    let _ = opened.send(door);
                }
                let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                heard.push_str(&line);
                heard.push('\n');
            }
        });
        let unknown = SocketAddr::from(([0, 0, 0, 0], 0));
        let (local, node, reader) = (unknown, unknown, Some(reader));
        let mut serving = Serving { child, local, node, said, reader };
        while serving.local == unknown || serving.node == unknown {
            match doors.recv_timeout(OPENS) {
                Ok((true, address)) => serving.local = address,
                Ok((false, address)) => serving.node = address,
                Err(_) => {
                    return Err(format!("the agent opens no doors: {}", serving.said()).into());
                }
            }
        }
        self.agent_listens(serving.node);
        self.pass(serving.local);
        Ok(serving)
    }
}

impl Serving {
    /// Where summary and metrics are.
    pub fn local(&self) -> SocketAddr {
        self.local
    }

    /// Where reports go and the kubelet asks for health.
    pub fn node(&self) -> SocketAddr {
        self.node
    }

    /// For `kill`.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `/readyz` says that the first look at the node has ended.
    pub fn looked_once(&self) -> Result<(), Error> {
        let end = Instant::now() + OPENS;
        while Instant::now() < end {
            if get(self.node, "/readyz")?.starts_with("HTTP/1.1 200 ") {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err(format!("the agent's first look does not end: {}", self.said()).into())
    }

    /// What it serves on loopback at this path.
    pub fn get(&self, path: &str) -> Result<String, Error> {
        let answer = get(self.local, path)?;
        match answer.split_once("\r\n\r\n") {
            Some((head, body)) if head.starts_with("HTTP/1.1 200 ") => Ok(body.to_owned()),
            _ => Err(format!("{path}: {answer}").into()),
        }
    }

    /// Its log up to now.
    pub fn said(&self) -> String {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

fn get(at: SocketAddr, path: &str) -> Result<String, Error> {
    let mut stream = TcpStream::connect(at)?;
    stream.set_read_timeout(Some(OPENS))?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Whether it is the local one, and where it is, of `… Listening. address=127.0.0.1:1 side=Local`.
fn door(line: &str) -> Option<(bool, SocketAddr)> {
    let (_, fields) = line.split_once("Listening.")?;
    let field = |name: &str| fields.split_whitespace().find_map(|it| it.strip_prefix(name));
    Some((field("side=")? == "Local", field("address=")?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_is_read_from_the_agent_s_log() {
        let line = "2026-11-21T11:00:00Z  INFO eks_triage::command::serve: Listening. address=127.0.0.1:4711 side=Node";
        assert_eq!(door(line), Some((false, "127.0.0.1:4711".parse().unwrap())));
        assert_eq!(door("WARN eks_triage: Something else. address=127.0.0.1:4711"), None);
    }
}
