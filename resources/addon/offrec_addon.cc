// Offrec's TensorFlow addon: the binding of @tensorflow/tfjs-node-gpu, its sources as published, with two more
// exports that let one recorded training step run as a single TensorFlow operation:
//
//   addFunction(graphDef, name, inputs, outputs, controlOutputs)   registers a GraphDef as the function `name`
//   removeFunction(name)                                           forgets it
//
// `graphDef` is a Buffer with a serialised GraphDef. `inputs` and `outputs` are comma-separated `node:index`
// (the index is 0 when left out), `controlOutputs` comma-separated node names, run although nothing reads them.
// Afterwards `executeOp(name, [], inputIds, outputCount)` runs the function.
//
// It also changes how tensors are made from typed arrays. The published binding lends the array's memory to TensorFlow
// and lets go of it from whichever thread frees the tensor; Node-API may be called from JavaScript's thread only, so
// that corrupts the heap once TensorFlow's own threads free inputs. The build names `TF_NewTensor` of the published
// sources `OffrecNewTensor` (a compiler option), and this file defines that as a copy. A fed array may therefore be
// written to as soon as the call has returned.
//
// It holds signals back while TensorFlow computes. The matrix kernels of oneDNN, which TensorFlow's own fall back on,
// point the stack pointer at a buffer of the heap, so a signal handler that runs on top of one overwrites whatever
// lies below that buffer. The build names the calls that compute or start threads (`TFE_Execute`, `TF_SessionRun`,
// `TF_LoadSessionFromSavedModel`) `Offrec...`, and this file wraps them; a signal is handled once the call has returned.
//
// And it keeps TensorFlow quiet while it loads: TensorFlow's libraries write a notice about oneDNN to standard error
// when they are initialised, whatever the log level. The linker marks this module as the first to be initialised
// (-z initfirst), so that it can hold standard error back until it is entered; everything but that notice is then
// passed on.
//
// This file stands in for the published module's entry: it includes that entry with the registration switched
// off, lets it fill `exports`, and adds its own.

#include <node_api.h>

#undef NAPI_MODULE
#define NAPI_MODULE(name, initialise)
#include "tfjs_binding.cc"
#undef NAPI_MODULE

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace {

int held_stderr = -1;    // a duplicate of the real standard error while it is held back, else -1
int captured_text = -1;  // where to read what was written meanwhile

__attribute__((constructor)) void HoldStandardError() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return;
  // Nobody reads until the libraries are loaded: better to lose text than to wait for ever.
  fcntl(ends[1], F_SETFL, O_NONBLOCK);
  held_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (held_stderr >= 0 && dup2(ends[1], STDERR_FILENO) >= 0) {
    captured_text = ends[0];
  } else {
    if (held_stderr >= 0) close(held_stderr);
    held_stderr = -1;
    close(ends[0]);
  }
  close(ends[1]);
}

bool IsNotice(const std::string &line) {
  return line.find("absl::InitializeLog()") != std::string::npos ||
         line.find("oneDNN custom operations are on") != std::string::npos;
}

void PassOn(const std::string &line) {
  if (line.empty() || IsNotice(line)) return;
  for (size_t done = 0; done < line.size();) {
    const ssize_t written = write(STDERR_FILENO, line.data() + done, line.size() - done);
    if (written <= 0) return;
    done += static_cast<size_t>(written);
  }
}

// Gives standard error back and passes on what was held, once; also when the module is unloaded without being entered.
__attribute__((destructor)) void ReleaseStandardError() {
  if (held_stderr < 0) return;
  dup2(held_stderr, STDERR_FILENO);
  close(held_stderr);
  held_stderr = -1;
  std::string line;
  char text[4096];
  for (ssize_t count; (count = read(captured_text, text, sizeof(text))) > 0;) {
    for (const char *next = text; next < text + count; next++) {
      line.push_back(*next);
      if (*next != '\n') continue;
      PassOn(line);
      line.clear();
    }
  }
  PassOn(line);
  close(captured_text);
}

}  // namespace

namespace {

// While it lives, the calling thread handles no signals but those that its own instructions raise. Threads that are
// started meanwhile never handle any.
class SignalsHeldBack {
 public:
  SignalsHeldBack() {
    sigset_t all;
    sigfillset(&all);
    for (const int raised : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT}) sigdelset(&all, raised);
    pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~SignalsHeldBack() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsHeldBack(const SignalsHeldBack &) = delete;
  SignalsHeldBack &operator=(const SignalsHeldBack &) = delete;

 private:
  sigset_t before_;
};

}  // namespace

// The compiler options have renamed these in TensorFlow's headers, which were read above.
#undef TFE_Execute
#undef TF_SessionRun
#undef TF_LoadSessionFromSavedModel
extern "C" {
void TFE_Execute(TFE_Op *, TFE_TensorHandle **, int *, TF_Status *);
void TF_SessionRun(TF_Session *, const TF_Buffer *, const TF_Output *, TF_Tensor *const *, int, const TF_Output *,
                   TF_Tensor **, int, const TF_Operation *const *, int, TF_Buffer *, TF_Status *);
TF_Session *TF_LoadSessionFromSavedModel(const TF_SessionOptions *, const TF_Buffer *, const char *,
                                         const char *const *, int, TF_Graph *, TF_Buffer *, TF_Status *);
}

void OffrecExecute(TFE_Op *operation, TFE_TensorHandle **results, int *count, TF_Status *status) {
  const SignalsHeldBack held_back;
  TFE_Execute(operation, results, count, status);
}

void OffrecSessionRun(TF_Session *session, const TF_Buffer *options, const TF_Output *inputs,
                      TF_Tensor *const *values, int input_count, const TF_Output *outputs, TF_Tensor **results,
                      int output_count, const TF_Operation *const *targets, int target_count, TF_Buffer *metadata,
                      TF_Status *status) {
  const SignalsHeldBack held_back;
  TF_SessionRun(session, options, inputs, values, input_count, outputs, results, output_count, targets, target_count,
                metadata, status);
}

TF_Session *OffrecLoadSession(const TF_SessionOptions *options, const TF_Buffer *run_options, const char *folder,
                              const char *const *tags, int tag_count, TF_Graph *graph, TF_Buffer *metadata,
                              TF_Status *status) {
  const SignalsHeldBack held_back;
  return TF_LoadSessionFromSavedModel(options, run_options, folder, tags, tag_count, graph, metadata, status);
}

// Stands in for TF_NewTensor: copies the data and lets go of it at once, on the calling thread.
TF_Tensor *OffrecNewTensor(TF_DataType type, const int64_t *dimensions, int rank, void *data, size_t bytes,
                           void (*release)(void *data, size_t bytes, void *argument), void *argument) {
  TF_Tensor *tensor = TF_AllocateTensor(type, dimensions, rank, bytes);
  if (tensor != nullptr && bytes > 0) std::memcpy(TF_TensorData(tensor), data, bytes);
  release(data, bytes, argument);
  return tensor;
}

namespace offrec {
namespace {

using tfnodejs::TF_AutoStatus;
using tfnodejs::TFJSBackend;

// The eager context is a private member of the backend. An explicit instantiation may name a private member,
// so the published header stays as it is.
template <typename Tag, typename Tag::Member member>
struct Reveal {
  friend typename Tag::Member MemberOf(Tag) { return member; }
};
struct ContextTag {
  using Member = TFE_Context *TFJSBackend::*;
  friend Member MemberOf(ContextTag);
};
template struct Reveal<ContextTag, &TFJSBackend::tfe_context_>;

struct Deleter {
  void operator()(TF_Graph *graph) const { TF_DeleteGraph(graph); }
  void operator()(TF_Buffer *buffer) const { TF_DeleteBuffer(buffer); }
  void operator()(TF_Function *function) const { TF_DeleteFunction(function); }
  void operator()(TF_ImportGraphDefOptions *options) const { TF_DeleteImportGraphDefOptions(options); }
};
template <typename T>
using Owned = std::unique_ptr<T, Deleter>;

napi_value Throw(napi_env env, const std::string &message) {
  napi_throw_error(env, nullptr, message.c_str());
  return nullptr;
}

bool Failed(const TF_AutoStatus &status) { return TF_GetCode(status.status) != TF_OK; }

// Reads exactly `count` arguments; throws in JavaScript and returns false when the call has fewer or more.
bool ReadArguments(napi_env env, napi_callback_info info, const char *function, size_t count, napi_value *arguments) {
  size_t given = count;
  if (napi_get_cb_info(env, info, &given, arguments, nullptr, nullptr) != napi_ok) {
    Throw(env, std::string(function) + ": the arguments cannot be read.");
    return false;
  }
  if (given != count) {
    Throw(env, std::string(function) + " takes " + std::to_string(count) + " arguments, not " + std::to_string(given) + ".");
    return false;
  }
  return true;
}

bool ReadText(napi_env env, napi_value value, const char *what, std::string *text) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) {
    Throw(env, std::string(what) + " must be a string.");
    return false;
  }
  text->resize(length);
  if (napi_get_value_string_utf8(env, value, text->data(), length + 1, &length) != napi_ok) {
    Throw(env, std::string(what) + " cannot be read.");
    return false;
  }
  return true;
}

std::vector<std::string> SplitAtCommas(const std::string &text) {
  std::vector<std::string> parts;
  for (size_t start = 0; start < text.size();) {
    size_t end = text.find(',', start);
    if (end == std::string::npos) end = text.size();
    if (end > start) parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

// Finds `node:index` in the graph; false when there is no such node or it has no such output.
bool FindOutput(TF_Graph *graph, const std::string &address, TF_Output *output) {
  const size_t colon = address.rfind(':');
  output->index = 0;
  if (colon != std::string::npos) {
    const char *first = address.data() + colon + 1;
    const char *last = address.data() + address.size();
    const auto parsed = std::from_chars(first, last, output->index);
    if (parsed.ec != std::errc() || parsed.ptr != last) return false;
  }
  output->oper = TF_GraphOperationByName(graph, address.substr(0, colon).c_str());
  return output->oper != nullptr && output->index >= 0 && output->index < TF_OperationNumOutputs(output->oper);
}

bool FindOutputs(napi_env env, TF_Graph *graph, const std::string &addresses, const char *what,
                 std::vector<TF_Output> *outputs) {
  for (const std::string &address : SplitAtCommas(addresses)) {
    TF_Output output;
    if (!FindOutput(graph, address, &output)) {
      Throw(env, std::string("addFunction: the graph has no ") + what + " '" + address + "'.");
      return false;
    }
    outputs->push_back(output);
  }
  return true;
}

bool FindOperations(napi_env env, TF_Graph *graph, const std::string &names,
                    std::vector<const TF_Operation *> *operations) {
  for (const std::string &name : SplitAtCommas(names)) {
    const TF_Operation *operation = TF_GraphOperationByName(graph, name.c_str());
    if (operation == nullptr) {
      Throw(env, "addFunction: the graph has no control output '" + name + "'.");
      return false;
    }
    operations->push_back(operation);
  }
  return true;
}

// The graph behind a serialised GraphDef, or null with a JavaScript error pending.
Owned<TF_Graph> ImportGraph(napi_env env, const void *data, size_t bytes) {
  TF_AutoStatus status;
  Owned<TF_Graph> graph(TF_NewGraph());
  Owned<TF_Buffer> buffer(TF_NewBufferFromString(data, bytes));
  Owned<TF_ImportGraphDefOptions> options(TF_NewImportGraphDefOptions());
  TF_GraphImportGraphDef(graph.get(), buffer.get(), options.get(), status.status);
  if (Failed(status)) {
    Throw(env, std::string("addFunction: the graph was refused: ") + TF_Message(status.status));
    return nullptr;
  }
  return graph;
}

napi_value AddFunction(napi_env env, napi_callback_info info) {
  napi_value arguments[5];
  if (!ReadArguments(env, info, "addFunction", 5, arguments)) return nullptr;

  void *data = nullptr;
  size_t bytes = 0;
  bool is_buffer = false;
  if (napi_is_buffer(env, arguments[0], &is_buffer) != napi_ok || !is_buffer ||
      napi_get_buffer_info(env, arguments[0], &data, &bytes) != napi_ok) {
    return Throw(env, "addFunction: graphDef must be a Buffer.");
  }
  std::string name, inputs, outputs, controls;
  if (!ReadText(env, arguments[1], "addFunction: name", &name) ||
      !ReadText(env, arguments[2], "addFunction: inputs", &inputs) ||
      !ReadText(env, arguments[3], "addFunction: outputs", &outputs) ||
      !ReadText(env, arguments[4], "addFunction: controlOutputs", &controls)) {
    return nullptr;
  }
  if (name.empty()) return Throw(env, "addFunction: name must not be empty.");

  TFJSBackend *const backend = tfnodejs::GetTFJSBackend(env);
  if (backend == nullptr) return nullptr;
  const Owned<TF_Graph> graph = ImportGraph(env, data, bytes);
  if (graph == nullptr) return nullptr;

  std::vector<TF_Output> input_list, output_list;
  std::vector<const TF_Operation *> control_list;
  if (!FindOutputs(env, graph.get(), inputs, "input", &input_list) ||
      !FindOutputs(env, graph.get(), outputs, "output", &output_list) ||
      !FindOperations(env, graph.get(), controls, &control_list)) {
    return nullptr;
  }

  TF_AutoStatus status;
  const Owned<TF_Function> function(TF_GraphToFunctionWithControlOutputs(
      graph.get(), name.c_str(), /*append_hash_to_fn_name=*/0, /*num_opers=*/-1, /*opers=*/nullptr,
      static_cast<int>(input_list.size()), input_list.data(), static_cast<int>(output_list.size()),
      output_list.data(), /*output_names=*/nullptr, static_cast<int>(control_list.size()), control_list.data(),
      /*control_output_names=*/nullptr, /*opts=*/nullptr, /*description=*/nullptr, status.status));
  if (!Failed(status)) TFE_ContextAddFunction(backend->*MemberOf(ContextTag()), function.get(), status.status);
  if (Failed(status)) {
    return Throw(env, "addFunction: '" + name + "' was refused: " + TF_Message(status.status));
  }
  return nullptr;
}

napi_value RemoveFunction(napi_env env, napi_callback_info info) {
  napi_value argument;
  std::string name;
  if (!ReadArguments(env, info, "removeFunction", 1, &argument)) return nullptr;
  if (!ReadText(env, argument, "removeFunction: name", &name)) return nullptr;

  TFJSBackend *const backend = tfnodejs::GetTFJSBackend(env);
  if (backend == nullptr) return nullptr;
  TF_AutoStatus status;
  TFE_ContextRemoveFunction(backend->*MemberOf(ContextTag()), name.c_str(), status.status);
  if (Failed(status)) {
    return Throw(env, "removeFunction: '" + name + "': " + TF_Message(status.status));
  }
  return nullptr;
}

napi_value Initialise(napi_env env, napi_value exports) {
  ReleaseStandardError();
  // TensorFlow starts its threads here, which must not handle signals either.
  const SignalsHeldBack held_back;
  exports = tfnodejs::InitTFNodeJSBinding(env, exports);
  if (exports == nullptr) return nullptr;
  const napi_property_descriptor ours[] = {
      {"addFunction", nullptr, AddFunction, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"removeFunction", nullptr, RemoveFunction, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  if (napi_define_properties(env, exports, sizeof(ours) / sizeof(ours[0]), ours) != napi_ok) {
    return Throw(env, "The exports of the addon cannot be defined.");
  }
  return exports;
}

}  // namespace
}  // namespace offrec

NAPI_MODULE_INIT() { return offrec::Initialise(env, exports); }

// Compilers since GCC 11 call this function of libstdc++ where older ones had none. Its definition here lets one
// binary run on systems whose libstdc++ is older than the compiler that built it.
namespace std {
void __throw_bad_array_new_length() { throw bad_array_new_length(); }
}  // namespace std
