# shellcheck shell=bash
# A real registry, with a password, from which containerd pulls over the box's
# own network. Nobody but the case that starts it knows of it.

REGISTRY=registry.test
REGISTRY_USER=puller
REGISTRY_PASSWORD=canary-registry-password

# start_registry: its certificate is of the authority that containerd trusts.
start_registry() {
	(
		cd "$STATE/pki" || exit
		exec 2>>"$STATE/log/pki.log"
		CA=aws/ca issue registry "/CN=$REGISTRY" "DNS:$REGISTRY"
	)
	# shellcheck disable=SC2016  # It is bcrypt of the password above.
	printf '%s:%s\n' "$REGISTRY_USER" '$2a$05$gMg6adyQhypU14zu62c8QOaZ/9ekYDQzCJ03fOshd7dZ8QOrUtLxO' >"$STATE/etc/htpasswd"
	cat >"$STATE/etc/registry.yaml" <<-END
		version: 0.1
		log: {level: warn, accesslog: {disabled: true}}
		storage: {filesystem: {rootdirectory: $STATE/registry}}
		auth: {htpasswd: {realm: $REGISTRY, path: $STATE/etc/htpasswd}}
		http: {addr: "$REGISTRY_IP:443", tls: {certificate: $STATE/pki/registry.crt, key: $STATE/pki/registry.key}}
	END
	start registry registry serve "$STATE/etc/registry.yaml"
	wait_until 20 registry_answers || fail "the registry starts" "within 20 s" "$(tail -3 "$STATE/log/registry.log")"
}

registry_answers() { ask_registry "https://$REGISTRY/v2/"; }

ask_registry() {
	inside curl -fsS --cacert "$STATE/pki/aws/ca.crt" --user "$REGISTRY_USER:$REGISTRY_PASSWORD" "$@" >/dev/null
}

# push_image REPOSITORY:TAG ARCHITECTURE: an index whose one entry is for it.
push_image() {
	local container index=localhost/pushed
	container=$(box_buildah from scratch)
	box_buildah copy -q "$container" "$BIN/pause" /pause >/dev/null
	box_buildah config --entrypoint '["/pause"]' --os linux --arch "$2" "$container"
	box_buildah manifest rm "$index" >/dev/null || true
	box_buildah manifest create "$index" >/dev/null
	box_buildah commit -q --rm --manifest "$index" "$container" >/dev/null
	inside env SSL_CERT_FILE="$STATE/pki/aws/ca.crt" buildah --root "$CACHE/buildah" --runroot "$CACHE/buildah-run" --storage-driver vfs \
		manifest push --all --creds "$REGISTRY_USER:$REGISTRY_PASSWORD" "$index" "docker://$REGISTRY/$1" >>"$STATE/log/images.log" 2>&1 ||
		fail "the registry takes an image" "yes" "$(tail -2 "$STATE/log/images.log")"
	box_buildah manifest rm "$index" >/dev/null
}

# pull_secret NAMESPACE: what the pods of `pulling_pod` show the registry.
pull_secret() {
	kubectl create secret docker-registry -n "$1" pull --docker-server="$REGISTRY" \
		--docker-username="$REGISTRY_USER" --docker-password="$REGISTRY_PASSWORD" >/dev/null
}

# pulling_pod NAMESPACE IMAGE: the pod `api`, which waits for this image.
pulling_pod() {
	idle_pod api ".spec.imagePullSecrets = [{name: \"pull\"}] | .spec.containers[0] |= (.image = \"$2\" | .imagePullPolicy = \"Always\")" |
		kubectl apply -n "$1" -f - >/dev/null
}
