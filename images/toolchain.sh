# shellcheck shell=bash
# How one machine compiles static musl binaries for both architectures. Sourced by images/build,
# which defines `say`, `die` and `work`.
#
# The C compiler and linker is zig, from PyPI: ring is partly C and assembly, and a static binary
# needs musl, its start files and libunwind. One wheel brings all of it for both architectures,
# without root and in the same version on every machine. Nothing is installed outside target/.
#
# The Rust standard library for musl comes with the pinned toolchain where rustup has it or may
# fetch it. Elsewhere it is compiled from the sources that Debian ships beside its newer compiler.

zig_version=0.17.0

# toolchain ARCH: sets `target` and `cargo`, the command that takes the package's name.
toolchain() {
	local machine
	case $1 in
	amd64) machine=x86_64 ;;
	arm64) machine=aarch64 ;;
	*) die "unknown architecture $1; choose amd64, arm64 or all" ;;
	esac
	target=$machine-unknown-linux-musl
	install_zig
	wrap_zig "$machine"

	local name=${target//-/_}
	# rustc would pass start files of its own, which only rustup's toolchains have; zig adds musl's.
	# The prefixes keep the builder's home out of the binary, whose panics name source files.
	local flags=(
		-Ctarget-feature=+crt-static -Clink-self-contained=no
		"--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
		"--remap-path-prefix=$PWD=/source"
	)
	# The encoded form outranks RUSTFLAGS, which a CI may have set, and survives blanks in paths.
	cargo=(env "CC_$name=$work/bin/$machine-cc" "AR_$name=$work/bin/ar"
		"CARGO_TARGET_$(tr '[:lower:]' '[:upper:]' <<<"$name")_LINKER=$work/bin/$machine-cc"
		"CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && printf '%s' "${flags[*]}")"
		"ZIG_GLOBAL_CACHE_DIR=$work/zig-cache" "ZIG_LOCAL_CACHE_DIR=$work/zig-cache")

	if pinned_has_std; then
		cargo+=(cargo build)
	else
		install_system_rust
		say "no standard library for $target at hand; compiling it from source first"
		# rustup's shims come first in PATH and obey rust-toolchain.toml, hence the full paths.
		# RUSTC_BOOTSTRAP lets a stable compiler build its own standard library.
		cargo+=(RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
			/usr/bin/cargo build -Z "build-std=std,panic_abort")
	fi
	cargo+=(--release --locked --target "$target" --target-dir "$work/cargo" -p)
}

# pinned_has_std: whether the toolchain of rust-toolchain.toml can compile for `target`.
pinned_has_std() {
	local libraries
	libraries=$(rustc --print target-libdir --target "$target" 2>/dev/null) || return 1
	compgen -G "$libraries/libstd-*.rlib" >/dev/null && return
	command -v rustup >/dev/null || return 1
	# Who forbids rustup to install on its own does not want it from this script either.
	[[ ${RUSTUP_AUTO_INSTALL:-1} != 0 ]] || return 1
	rustup target add "$target" >&2
}

install_system_rust() {
	system_rust_is_enough && return
	install_packages "rustup does not supply $target, so a system compiler must, with its sources" \
		cargo-web rustc-web rust-web-src
	system_rust_is_enough || die "/usr/bin/rustc is older than rust-toolchain.toml asks, or its" \
		"sources are not in /usr/lib/rustlib/src; run rustup target add $target"
}

system_rust_is_enough() {
	[[ -x /usr/bin/cargo && -e /usr/lib/rustlib/src/rust/library/Cargo.lock ]] || return 1
	local least found
	least=$(sed -n 's/^channel *= *"\(.*\)"/\1/p' rust-toolchain.toml)
	found=$(/usr/bin/rustc --version | cut -d ' ' -f 2) || return 1
	[[ $(printf '%s\n' "$least" "$found" | sort -V | head -n 1) == "$least" ]]
}

install_zig() {
	zig=$work/zig/ziglang/zig
	[[ -x $zig && $("$zig" version) == "$zig_version" ]] && return
	python3 -m pip --version >/dev/null 2>&1 ||
		install_packages "zig, the C compiler for musl, comes from PyPI" python3-pip
	say "fetching zig $zig_version, the C compiler and linker for musl, into $work/zig"
	python3 -m pip install --quiet --root-user-action ignore --upgrade --target "$work/zig" "ziglang==$zig_version" ||
		die "pip did not install ziglang $zig_version"
}

# wrap_zig MACHINE: writes the compiler and archiver under the one-word names that cargo wants.
wrap_zig() {
	mkdir -p "$work/bin"
	# The cc crate adds a --target of its own, in a spelling that zig does not know.
	cat >"$work/bin/$1-cc" <<-END
		#!/usr/bin/env bash
		for word; do [[ \$word == --target=* ]] || words+=("\$word"); done
		exec '$zig' cc -target $1-linux-musl -fno-sanitize=all "\${words[@]}"
	END
	printf "#!/bin/sh\nexec '%s' ar \"\$@\"\n" "$zig" >"$work/bin/ar"
	chmod +x "$work/bin/$1-cc" "$work/bin/ar"
}

# install_packages WHY PACKAGE…: from Debian, as root; --no-remove, for a build must not cost
# anybody the compiler they had.
install_packages() {
	local why=$1
	shift
	if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
		die "$why; on Debian, root does that with: apt-get install $*"
	fi
	say "$why; installing $*"
	{ apt-get update -qq && apt-get install -qq --no-remove "$@"; } >&2 </dev/null ||
		die "apt-get did not install $*"
}
