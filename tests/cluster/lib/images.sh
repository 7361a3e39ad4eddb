# shellcheck shell=bash
# Images go from buildah, with storage of its own in the cache, into the
# cluster's containerd.

box_buildah() { buildah --root "$CACHE/buildah" --runroot "$CACHE/buildah-run" --storage-driver vfs "$@"; }

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
