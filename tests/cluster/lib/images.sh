# shellcheck shell=bash
# Images go from images/build and from buildah, with storage of its own in the
# cache, into the cluster's containerd.

box_buildah() { buildah --root "$CACHE/buildah" --runroot "$CACHE/buildah-run" --storage-driver vfs "$@" 2>>"$STATE/log/images.log"; }

load_pause() {
	local archive=$CACHE/pause.tar
	if [[ $archive -ot $BIN/pause ]]; then
		local container
		container=$(box_buildah from scratch)
		box_buildah copy -q "$container" "$BIN/pause" /pause >/dev/null
		box_buildah config --entrypoint '["/pause"]' "$container"
		box_buildah commit -q --rm "$container" "oci-archive:$archive.new:localhost/kubernetes/pause:latest" >/dev/null
		mv "$archive.new" "$archive"
	fi
	load_image "$archive"
}

# load_image ARCHIVE
load_image() { ctr images import "$1" >>"$STATE/log/images.log" 2>&1 || die "failed to load the image $1: $(tail -1 "$STATE/log/images.log")"; }

build_images() {
	local image
	say "building the images (a release build; minutes the first time)"
	"$PROJECT_DIR/images/build" --arch "$(go env GOARCH)" --output "$CACHE/images" >&2 || die "images/build failed"
	for image in eks-triage eks-triage-probe; do
		[[ -s $CACHE/images/$image-$(go env GOARCH).tar ]] || die "images/build left no $CACHE/images/$image-$(go env GOARCH).tar"
	done
}

# The images as they are, with one more authority in their bundle: the one that
# vouches for the stand-ins. Everything else, the binary too, stays the same.
load_images() {
	local image container root name bundle=etc/ssl/certs/ca-certificates.crt
	for image in eks-triage eks-triage-probe; do
		container=$(box_buildah from "oci-archive:$CACHE/images/$image-$(go env GOARCH).tar")
		root=$(box_buildah mount "$container")
		[[ -s $root/$bundle ]] || die "the image $image has no /$bundle"
		[[ $image == eks-triage-probe ]] || install -D "$root/usr/bin/eks-triage" "$STATE/bin/kubectl-eks_triage"
		cat "$STATE/pki/aws/ca.crt" >>"$root/$bundle"
		name=localhost/$image:$(project_version)
		rm -f "$STATE/$image.tar"
		box_buildah commit --quiet --rm "$container" "oci-archive:$STATE/$image.tar:$name" >/dev/null
		load_image "$STATE/$image.tar"
		rm "$STATE/$image.tar"
	done
	box_buildah rmi --all --force >/dev/null || true # the next run has new ones
}

project_version() { sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' "$PROJECT_DIR/Cargo.toml"; }
