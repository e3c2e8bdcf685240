package embedded

// memoryFolder is "" for the usual temporary folder.
func memoryFolder() string { return "" }
