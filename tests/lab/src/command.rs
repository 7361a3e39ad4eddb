//! How the real programs are started so that they find the lab instead of the world: with an
//! environment of their own, in which nothing of this machine is left.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use crate::program::binaries;
use crate::rig::Lab;
use crate::token::Token;
use crate::workload::{ContainerCredentials, TokenFile, Workload};
use crate::{Error, canary, world};

/// A user without rights to anything.
const NOBODY: u32 = 65534;

/// Passed on, because the tools that measure tests need them.
const KEPT: [&str; 2] = ["LLVM_PROFILE_FILE", "RUST_BACKTRACE"];

impl Lab {
    /// `eks-triage SUBCOMMAND` on the node; further arguments are the caller's.
    pub fn agent(&self, subcommand: &str) -> Result<Command, Error> {
        let mut command = self.command(binaries()?.agent.clone());
        command.arg(subcommand);
        if matches!(subcommand, "check" | "facts" | "serve") {
            command.arg("--host-root").arg(self.host_root());
        }
        // A container has no systemd of its node.
        if matches!(subcommand, "check" | "facts") {
            command.env("PATH", self.programs());
        }
        if matches!(subcommand, "check" | "facts" | "serve" | "probe") {
            command.arg("--kubeconfig").arg(self.kubeconfig());
        }
        Ok(command)
    }

    /// `eks-triage-probe` in the workload's place, with what was injected there.
    pub fn probe(&self) -> Result<Command, Error> {
        let workload = self.config().workload;
        let mut program = binaries()?.probe.clone();
        let drop_root = workload.is_unreadable() && nix::unistd::geteuid().is_root();
        if drop_root {
            // Root may read everything, and nobody may enter the folder of the original.
            let copy = self.folder().join("eks-triage-probe");
            // By another process: what other threads fork meanwhile would hold a copy of ours open
            // for writing, and such a file cannot be run.
            let copied = Command::new("cp").arg(&program).arg(&copy).status()?;
            if !copied.success() {
                return Err(format!("failed to copy {}: {copied}", program.display()).into());
            }
            fs::set_permissions(&copy, Permissions::from_mode(0o755))?;
            program = copy;
        }
        let mut command = self.command(program);
        if drop_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        self.inject(&mut command, &workload)?;
        command.env("POD_NAME", world::POD).env("POD_NAMESPACE", world::NAMESPACE);
        if self.has_agent() {
            command.env("HOST_IP", world::NODE_IP.to_string());
        }
        let report = self.file("report-token", self.mint(&Token::for_reports())?.as_bytes())?;
        command.env("EKS_TRIAGE_REPORT_TOKEN", report);
        command.env("EKS_TRIAGE_TERMINATION_MESSAGE", self.folder().join("termination-message"));
        Ok(command)
    }

    /// Gives a command the credentials that an engineer has at a desk.
    pub fn at_a_desk(&self, command: &mut Command) {
        command.env("AWS_ACCESS_KEY_ID", canary::DESK_KEY_ID);
        command.env("AWS_SECRET_ACCESS_KEY", canary::DESK_SECRET);
        command.env("AWS_REGION", world::REGION);
    }

    fn command(&self, program: PathBuf) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.folder());
        command.env("HOME", self.folder()).env("SSL_CERT_FILE", self.ca_file());
        command.env("EKS_TRIAGE_RESOLVER", self.resolver().to_string());
        command.env("EKS_TRIAGE_CONNECT_TO", self.connect_to());
        for name in KEPT {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    fn inject(&self, command: &mut Command, workload: &Workload) -> Result<(), Error> {
        let mut set = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                command.env(name, value);
            }
        };
        set("AWS_ROLE_ARN", workload.role_arn.as_deref());
        set("AWS_REGION", workload.region);
        set("AWS_STS_REGIONAL_ENDPOINTS", workload.sts_regional_endpoints);
        if workload.static_keys {
            set("AWS_ACCESS_KEY_ID", Some(canary::STATIC_KEY_ID));
            set("AWS_SECRET_ACCESS_KEY", Some(canary::STATIC_SECRET));
        }
        for (name, value) in &workload.env {
            set(name, Some(value));
        }
        if let Some(token) = &workload.token {
            command.env("AWS_WEB_IDENTITY_TOKEN_FILE", self.token_file("token", token)?);
        }
        if let Some(ContainerCredentials { uri, token }) = &workload.pod_identity {
            command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri);
            if let Some(token) = token {
                let file = self.token_file("pod-identity-token", token)?;
                command.env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file);
            }
        }
        Ok(())
    }

    fn token_file(&self, name: &str, token: &TokenFile) -> Result<PathBuf, Error> {
        let path = self.folder().join(name);
        match token {
            TokenFile::Minted(token) => self.file(name, self.mint(token)?.as_bytes()),
            TokenFile::Bytes(bytes) => self.file(name, bytes),
            TokenFile::Directory => fs::create_dir_all(&path).map(|()| path).map_err(Error::from),
            TokenFile::Missing => Ok(path),
            TokenFile::Unreadable(token) => {
                let path = self.file(name, self.mint(token)?.as_bytes())?;
                fs::set_permissions(&path, Permissions::from_mode(0o000))?;
                Ok(path)
            }
        }
    }

    fn file(&self, name: &str, content: &[u8]) -> Result<PathBuf, Error> {
        let path = self.folder().join(name);
        // What an earlier command left there may be read-only.
        if path.exists() {
            fs::remove_file(&path)?;
        }
        fs::write(&path, content)?;
        Ok(path)
    }
}
