//go:build tools

// Package tools names the command whose version go.mod holds. It is never compiled.
package tools

import _ "github.com/aws/amazon-ec2-metadata-mock/cmd"
