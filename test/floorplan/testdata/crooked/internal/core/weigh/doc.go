// The comment does not begin with the package's name. 称重
package weigh

// Heavy is a constant.
const Heavy = 1
