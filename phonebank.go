// Package phonebank holds the words and the rules of a phone bank that organizes one-on-one.
// It must never touch a database, a network or a clock: time and rows come in as parameters.
package phonebank
