# Lists the recipes.
default:
    @just --list

# Shows a verdict against stand-ins on loopback.
lab *ARGS:
    cargo run -p lab -- {{ARGS}}

# Runs all tests that need no root.
test:
    cargo test --workspace

# Runs the tests of the account side, which the workspace's build leaves out.
test-account:
    cargo test -p eks-triage --features account

# Holds the policy evaluator's table against an independent simulator (npm).
agree:
    tests/policies/agree

# Writes expected texts, README's table and the schema anew; read the diff.
expected:
    UPDATE_EXPECTED=1 cargo test -p integration

# Formats, lints and checks licences and bans.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo clippy -p eks-triage --features account --all-targets -- -D warnings
    cargo deny check

# Builds both images for amd64 and arm64.
images:
    images/build

# Runs the binaries as real pods on a real Kubernetes (root on Linux).
cluster *ARGS:
    tests/cluster/run {{ARGS}}

# Holds units, cloud-config and install script against their tools (Debian's packages).
ami:
    tests/ami/run

# Fuzzes every parser, so many seconds each (a C++ compiler).
fuzz *ARGS:
    tests/fuzz/run {{ARGS}}
