//! `eks-triage summary`: asks the `serve` of this node, so that `kubectl exec` needs no shell and no
//! curl in the image.

use std::time::Duration;

use diagnosis::facts::Ended;
use diagnosis::report::Exit;
use http::HeaderValue;
use reach::{Measured, Net, Request};
use tokio::time::Instant;

use crate::args::{Relayed, Summary};
use crate::{output, serve};

/// It is on this node and answers from memory.
const LIMIT: Duration = Duration::from_secs(5);

/// More than all reports that it holds.
const SIZE: usize = 32 << 20;

pub(crate) async fn run(args: Summary, net: Net) -> Exit {
    let form = match args.output {
        Relayed::Text => "text",
        Relayed::Json => "json",
    };
    let url = format!("http://{}/v1/summary?format={form}", args.address);
    let request = match Request::get(&url) {
        Ok(request) => request.max_body(SIZE),
        Err(error) => {
            output::complain(&error);
            return Exit::CouldNotRun;
        }
    };
    let answer = net.measure(&request, Instant::now() + LIMIT).await;
    match exit(&answer) {
        Ok(exit) => {
            output::data(|out| out.write_all(&answer.body));
            exit
        }
        Err(why) => {
            output::talk(&why);
            Exit::CouldNotRun
        }
    }
}

fn exit(answer: &Measured) -> Result<Exit, String> {
    let reach = &answer.reach;
    match reach.ended {
        Ended::Answered(200) if !answer.truncated => {
            let outcome = answer.headers.get(serve::OUTCOME).map(HeaderValue::as_bytes);
            match outcome {
                Some(b"healthy") => Ok(Exit::Healthy),
                Some(b"decided") => Ok(Exit::Decided),
                Some(b"undecided") => Ok(Exit::Undecided),
                _ => Err(format!(
                    "{reach}, but not from an `eks-triage serve`; name its address by --address"
                )),
            }
        }
        Ended::ConnectRefused | Ended::ConnectTimedOut => Err(format!(
            "{reach}; is the agent running on this node? \
             kubectl -n eks-triage get pods -o wide"
        )),
        _ => Err(format!(
            "{reach}; --address must be the --listen-local of this node's `eks-triage serve`"
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    async fn ask(address: SocketAddr) -> Exit {
        let net = Net::new(reach::Options::default()).unwrap();
        run(Summary { output: Relayed::Json, address }, net).await
    }

    async fn answered(answer: &'static str) -> Exit {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
        };
        tokio::join!(ask(address), serve).0
    }

    #[tokio::test]
    async fn the_exit_code_is_the_outcome_of_the_whole_summary() {
        for (answer, exit) in [
            (
                "HTTP/1.1 200 OK\r\neks-triage-outcome: decided\r\ncontent-length: 0\r\n\r\n",
                Exit::Decided,
            ),
            (
                "HTTP/1.1 200 OK\r\neks-triage-outcome: undecided\r\ncontent-length: 0\r\n\r\n",
                Exit::Undecided,
            ),
            (
                "HTTP/1.1 200 OK\r\neks-triage-outcome: healthy\r\ncontent-length: 0\r\n\r\n",
                Exit::Healthy,
            ),
            ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", Exit::CouldNotRun),
            ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", Exit::CouldNotRun),
            ("nonsense\r\n\r\n", Exit::CouldNotRun),
        ] {
            assert_eq!(answered(answer).await, exit, "{answer}");
        }
    }

    #[tokio::test]
    async fn nobody_there_is_no_verdict() {
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        assert_eq!(ask(free).await, Exit::CouldNotRun);
    }
}
