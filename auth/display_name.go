package auth

import (
	"crypto/rand"
	"math/big"
)

// The words of a new account's name. A person can tell it from their other accounts in the passkey
// dialog, and it says nothing about them. They can change it.
var (
	nameColors = []string{"Amber", "Ash", "Blue", "Bright", "Bronze", "Clear", "Copper", "Coral", "Crimson", "Dawn",
		"Dusky", "Ebony", "Fern", "Golden", "Green", "Grey", "Hazel", "Indigo", "Ivory", "Jade",
		"Lilac", "Mellow", "Misty", "Olive", "Opal", "Pale", "Pearl", "Plum", "Quiet", "Red",
		"Rose", "Rusty", "Sandy", "Scarlet", "Silver", "Slate", "Snowy", "Teal", "Umber", "Violet"}
	nameBirds = []string{"Avocet", "Bittern", "Bunting", "Crane", "Curlew", "Dipper", "Dove", "Dunlin", "Egret", "Eider",
		"Falcon", "Finch", "Gannet", "Grebe", "Harrier", "Heron", "Hoopoe", "Ibis", "Jay", "Kestrel",
		"Kite", "Lapwing", "Lark", "Linnet", "Martin", "Merlin", "Nuthatch", "Oriole", "Osprey", "Owl",
		"Petrel", "Pipit", "Plover", "Puffin", "Raven", "Robin", "Siskin", "Swallow", "Tern", "Wren"}
)

func newDisplayName() string { return randomWord(nameColors) + " " + randomWord(nameBirds) }

func randomWord(words []string) string {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(len(words))))
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return words[n.Int64()]
}
