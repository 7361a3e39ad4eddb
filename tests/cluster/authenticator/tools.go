//go:build tools

// Package tools names the command whose version go.mod holds. It is never compiled.
package tools

import _ "sigs.k8s.io/aws-iam-authenticator/cmd/aws-iam-authenticator"
