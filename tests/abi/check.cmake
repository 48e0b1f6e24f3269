# What the shared library shows to the world. Usage: cmake -DWHAT=<check> -DLIBRARY=... -DHEADER=... -P check.cmake
cmake_minimum_required(VERSION 3.25)
file(READ ${HEADER} header)

function(lines out)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX REPLACE "[ \t]*\n" ";" text "${text}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

if(WHAT STREQUAL "exports")
  # The header is the only list of functions: the library exports these and nothing else.
  string(REGEX MATCHALL "DTK_API[^;]*[ *](dtk_[a-z0-9_]+)\\(" matches "${header}")
  foreach(match IN LISTS matches)
    string(REGEX REPLACE "^.*[ *](dtk_[a-z0-9_]+)\\($" "\\1" name "${match}")
    list(APPEND declared ${name})
  endforeach()
  lines(found nm -D --defined-only --format=posix ${LIBRARY})
  foreach(line IN LISTS found)
    if(line MATCHES "^([^ ]+) ([A-Za-z]) ")
      set(name ${CMAKE_MATCH_1})
      set(kind ${CMAKE_MATCH_2})
      string(REGEX REPLACE "@.*$" "" name ${name})
      if(NOT name STREQUAL "DUALTRACK_0")
        list(APPEND exported ${name})
        if(NOT kind STREQUAL "T")
          message(FATAL_ERROR "${name} is exported as '${kind}', not as a function")
        endif()
      endif()
    endif()
  endforeach()
  list(SORT declared)
  list(SORT exported)
  list(LENGTH declared n)
  if(n EQUAL 0 OR NOT declared STREQUAL exported)
    set(missing ${declared})
    list(REMOVE_ITEM missing ${exported})
    set(extra ${exported})
    list(REMOVE_ITEM extra ${declared})
    message(FATAL_ERROR "declared but not exported: ${missing}\nexported but not declared: ${extra}")
  endif()
  message("${n} functions, all declared and exported")

elseif(WHAT STREQUAL "imports")
  # From libstdc++ anything but what prints, reads the locale, the clock or the environment; from C only what is listed.
  # No libm beyond correctly rounded functions, nothing that ends the host. (Who calls __cxa_atexit: "initialisers".)
  set(allowed
    memcpy memmove memset memcmp memchr strlen strcmp strncmp bcmp malloc free realloc aligned_alloc posix_memalign
    sqrt sqrtf floor ceil trunc round rint nearbyint lrint llrint lround llround fma ldexp frexp scalbn
    feholdexcept fesetenv fegetenv fesetround fegetround feupdateenv
    __stack_chk_fail __memcpy_chk __memmove_chk __memset_chk __strlen_chk
    __gmon_start__ _ITM_deregisterTMCloneTable _ITM_registerTMCloneTable __cxa_finalize __errno_location
    _Unwind_Resume __gxx_personality_v0 __tls_get_addr
    __cxa_begin_catch __cxa_end_catch __cxa_rethrow __cxa_throw __cxa_allocate_exception __cxa_free_exception
    __cxa_throw_bad_array_new_length __cxa_guard_acquire __cxa_guard_release __cxa_guard_abort __cxa_pure_virtual
    __cxa_init_primary_exception __cxa_bad_cast __dynamic_cast __libc_single_threaded
    pthread_create pthread_join pthread_mutex_lock pthread_mutex_unlock pthread_cond_wait pthread_cond_signal
    pthread_cond_broadcast pthread_once __once_proxy syscall __cxa_atexit
    # the compiler's own arithmetic
    __divmodti4 __divti3 __modti3 __udivti3 __umodti3 __udivmodti4 __multi3 __floattidf __floatuntidf __fixdfti
    __popcountdi2
    # Boost.System's error categories, which Boost.JSON carries along; our own text never goes through them.
    snprintf vsnprintf __snprintf_chk __vsnprintf_chk strerror_r strncpy __strncpy_chk
    ${ALLOW})
  string(JOIN "|" refused_in_cxx _ZNSt6locale _ZNSt8ios_base _ZNSo _ZNSi _ZSt4cout _ZSt4cerr _ZNSt6chrono
    _ZNSt13random_device basic_filebuf basic_regex)
  lines(found nm -D --undefined-only --format=posix ${LIBRARY})
  set(n 0)
  foreach(line IN LISTS found)
    string(REGEX REPLACE "[ @].*$" "" name "${line}")
    if(name STREQUAL "")
      continue()
    endif()
    math(EXPR n "${n} + 1")
    if(name MATCHES "^_Z")
      # One clock: /simulation/max_seconds stops by it (src/run/wall_clock.cpp).
      if(name MATCHES "${refused_in_cxx}" AND NOT name STREQUAL "_ZNSt6chrono3_V212steady_clock3nowEv")
        list(APPEND wrong ${name})
      endif()
    elseif(NOT name IN_LIST allowed)
      list(APPEND wrong ${name})
    endif()
  endforeach()
  if(wrong)
    list(JOIN wrong "\n  " wrong)
    message(FATAL_ERROR "imports that are not on the list:\n  ${wrong}")
  endif()
  message("${n} imports, all on the list")

elseif(WHAT STREQUAL "initialisers")
  # Nothing of ours runs before main or after it, and no thread carries a destructor. One exception, of Boost.JSON 1.81:
  # its default resource registers a destructor, which is empty.
  lines(found nm ${LIBRARY})
  list(FILTER found INCLUDE REGEX "_GLOBAL__sub_I|__cxa_thread_atexit| [tT] _ZTH")
  list(FILTER found EXCLUDE REGEX "_GLOBAL__sub_I_boost_json\\.cpp$")
  lines(code objdump -d --no-show-raw-insn --no-addresses ${LIBRARY})
  set(may_register _GLOBAL__sub_I_boost_json.cpp __cxa_atexit@plt)
  set(function "")
  foreach(line IN LISTS code)
    if(line MATCHES "^<(.*)>:$")
      set(function ${CMAKE_MATCH_1})
    elseif(line MATCHES "<__cxa_atexit@plt>" AND NOT function IN_LIST may_register)
      list(APPEND found "${function} registers a destructor")
    endif()
  endforeach()
  if(found)
    list(JOIN found "\n  " found)
    message(FATAL_ERROR "static initialisers or exit handlers:\n  ${found}")
  endif()

elseif(WHAT STREQUAL "hardening")
  execute_process(COMMAND readelf -W --dynamic --program-headers --symbols ${LIBRARY} OUTPUT_VARIABLE elf
    COMMAND_ERROR_IS_FATAL ANY)
  function(must what expression)
    if(NOT elf MATCHES "${expression}")
      message(SEND_ERROR "${what}: not found")
    endif()
  endfunction()
  function(must_not what expression)
    if(elf MATCHES "${expression}")
      message(SEND_ERROR "${what}: '${CMAKE_MATCH_0}'")
    endif()
  endfunction()
  string(REGEX MATCH "#define DTK_ABI_VERSION ([0-9]+)" line "${header}")
  must("soname of the ABI number in the header" "SONAME[^\n]*\\[libdualtrack\\.so\\.${CMAKE_MATCH_1}\\]")
  must("read-only relocations" "GNU_RELRO")
  must("bound when loaded" "BIND_NOW|FLAGS[^\n]* NOW")
  must("stack that does not execute" "GNU_STACK[^\n]* RW ")
  must_not("writable code" "TEXTREL")
  must_not("a search path of the build machine" "R(UN)?PATH")
  must_not("a symbol that keeps the library loaded" " UNIQUE ")
  string(REGEX MATCHALL "NEEDED[^\n]*\\[[^]]*\\]" needed "${elf}")
  foreach(line IN LISTS needed)
    if(NOT line MATCHES "\\[(libstdc\\+\\+\\.so\\.6|libm\\.so\\.6|libgcc_s\\.so\\.1|libc\\.so\\.6|ld-linux[^]]*)\\]")
      message(SEND_ERROR "needs a library no host can be asked for: ${line}")
    endif()
  endforeach()
  must("the system's libstdc++, not a copy" "libstdc\\+\\+\\.so\\.6")

elseif(WHAT STREQUAL "version")
  string(REGEX MATCH "#define DTK_ABI_VERSION ([0-9]+)" line "${header}")
  if(NOT "${CMAKE_MATCH_1}" STREQUAL "${ABI}")
    message(FATAL_ERROR "header says ABI ${CMAKE_MATCH_1}, the build says ${ABI}")
  endif()
  string(REGEX MATCH "#define DTK_VERSION \"([0-9.]+)\"" line "${header}")
  if(NOT "${CMAKE_MATCH_1}" STREQUAL "${VERSION}")
    message(FATAL_ERROR "header says version ${CMAKE_MATCH_1}, the build says ${VERSION}")
  endif()

elseif(WHAT STREQUAL "stub")
  # The header with an empty body for each declaration: its debug information is the ABI, whatever is inside.
  string(REPLACE " DTK_NOEXCEPT;" " { __builtin_trap(); }" stub "${header}")
  file(WRITE ${OUT} "${stub}")

elseif(WHAT STREQUAL "abidiff")
  # New functions are welcome; a removed or changed one needs a new ABI number and a new baseline.
  execute_process(COMMAND abidiff --no-added-syms ${BASELINE} ${LIBRARY} OUTPUT_VARIABLE said ERROR_VARIABLE said
    RESULT_VARIABLE code)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "the ABI differs from the baseline (${code}):\n${said}")
  endif()
else()
  message(FATAL_ERROR "unknown check '${WHAT}'")
endif()
