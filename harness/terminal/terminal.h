// What the other end of a stream can show.
#pragma once

namespace lidit {

/// A terminal that can rewrite a line (not TERM=dumb).
bool is_terminal(int fd);
/// A terminal whose user has not set NO_COLOR (no-color.org: any value but empty).
bool shows_colour(int fd);
/// Columns of the terminal; 80 when it does not say.
int terminal_columns(int fd);

}  // namespace lidit
