// Command larder starts the program.
package main

func main() {}
