// Package mediatype reads the media types in a request: what its Accept header prefers, and whether its body is JSON.
//
// # Which file
//
//   - media types: mediatype (Preference: the quality q of a type in Accept, wildcards; IsJSON: a Content-Type, its charset)
//
// It must not answer or refuse a request, and imports nothing of ours.
package mediatype
