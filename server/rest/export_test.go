package rest

// What the tests look at by itself.
var (
	Warning      = warning
	IndentedSize = indentedSize
)
