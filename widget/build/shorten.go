package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// shorten has tools/minify.mjs shorten the scripts among outputs. Modules still export the same names.
func shorten(root string, outputs []api.OutputFile) error {
	var scripts []string
	var places []*api.OutputFile
	for i := range outputs {
		if strings.HasSuffix(outputs[i].Path, ".js") {
			scripts, places = append(scripts, string(outputs[i].Contents)), append(places, &outputs[i])
		}
	}
	input, err := json.Marshal(scripts)
	if err != nil {
		return err
	}
	var failure bytes.Buffer
	command := exec.Command("node", filepath.Join(root, "tools", "minify.mjs"))
	command.Stdin, command.Stderr = bytes.NewReader(input), &failure
	answer, err := command.Output()
	if err != nil {
		return fmt.Errorf("tools/minify.mjs: %w\n%s", err, &failure)
	}
	var shorter []string
	if err := json.Unmarshal(answer, &shorter); err != nil {
		return err
	}
	if len(shorter) != len(places) {
		return fmt.Errorf("tools/minify.mjs: %d scripts of %d", len(shorter), len(places))
	}
	for i, place := range places {
		place.Contents = []byte(shorter[i])
	}
	return nil
}
