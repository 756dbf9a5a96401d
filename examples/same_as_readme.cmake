# The C++ block of README.md is the example, letter for letter.
file(READ ${README} readme)
file(READ ${EXAMPLE} example)
string(FIND "${readme}" "${example}" position)
if(position LESS 0)
  message(FATAL_ERROR "README.md does not show ${EXAMPLE} as it is")
endif()
