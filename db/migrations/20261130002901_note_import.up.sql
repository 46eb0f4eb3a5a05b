-- An account session may make notes too: those that its person imports. The policy of notes limits them to the person.
GRANT INSERT ON notes TO aside_person;
