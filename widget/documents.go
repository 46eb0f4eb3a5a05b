package widget

import "encoding/json"

// Documents are the GraphQL documents that the frame's scripts send, by the ids that they send in their place:
// "sha256:" and the hash of the text. The build writes them down beside the scripts.
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
