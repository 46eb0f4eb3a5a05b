package widget

import "encoding/json"

// Documents returns the GraphQL documents of the frame's scripts by their ids, "x-" and the beginning of the hash of the text. The scripts
// send only the ids.
func Documents() map[string]string {
	texts, err := dist.ReadFile("dist/documents.json")
	if err != nil {
		panic(err) // it is embedded
	}
	var documents map[string]string
	if err := json.Unmarshal(texts, &documents); err != nil {
		panic(err) // the build wrote it
	}
	return documents
}
