//! The SDK on a device without std. That this links is the proof: with std among the dependencies
//! there would be two panic handlers.
#![no_std]

extern crate alloc;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::alloc::{GlobalAlloc, Layout};
use core::convert::Infallible;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::{ptr, slice};
use keyspool::device::{
    Clock, Components, Description, Device, Setup, Store, documents_of_text, moment_of_unix,
};
use keyspool::licence::{Identifier, Moment};
use keyspool::seal::{DeviceSecret, PublicKey};
use keyspool::wire::request::Wanted;
use zeroize::Zeroizing;

/// Bytes that the device may allocate; nothing is given back.
const HEAP_BYTES: usize = 8 * 1024 * 1024;

#[repr(align(16))]
struct Heap {
    bytes: core::cell::UnsafeCell<[u8; HEAP_BYTES]>,
    used: AtomicUsize,
}

// SAFETY: each byte is handed out once, by `used`.
unsafe impl Sync for Heap {}

// SAFETY: the blocks are aligned, inside the heap, and never overlap.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let block = |used: usize| Some(used.checked_next_multiple_of(layout.align())?);
        let end = |used| {
            block(used)?
                .checked_add(layout.size())
                .filter(|end| *end <= HEAP_BYTES)
        };
        if layout.align() > 16 {
            return ptr::null_mut();
        }
        match self
            .used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, end)
        {
            // SAFETY: `end` found the block inside the heap.
            Ok(used) => block(used).map_or(ptr::null_mut(), |at| unsafe {
                self.bytes.get().cast::<u8>().add(at)
            }),
            Err(_) => ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static HEAP: Heap = Heap {
    bytes: core::cell::UnsafeCell::new([0; HEAP_BYTES]),
    used: AtomicUsize::new(0),
};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

/// The library `alloc`, as it comes compiled, names it for unwinding; nothing unwinds here.
#[unsafe(no_mangle)]
pub extern "C" fn rust_eh_personality() {}

/// A store in memory.
struct Memory(Option<Vec<u8>>);

impl Store for Memory {
    type Error = Infallible;

    fn load(&mut self) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.0.clone())
    }

    fn save(&mut self, blob: &[u8]) -> Result<(), Infallible> {
        self.0 = Some(blob.to_vec());
        Ok(())
    }
}

/// A clock that stands still.
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Moment {
        moment_of_unix(1_795_348_800)
    }
}

/// One system of a product.
pub struct System(Device<Memory, Noon>);

fn hardware() -> Option<Components> {
    Some(Components::from([(
        Identifier::new("board").ok()?,
        b"SN-0001".to_vec(),
    )]))
}

fn create(secret: [u8; 32], root: &[u8; 32]) -> Option<System> {
    let setup = Setup {
        organization: Identifier::new("acme").ok()?,
        product: Identifier::new("recorder").ok()?,
        computer_name: "lobby-01".into(),
        root: PublicKey::from_bytes(root).ok()?,
    };
    let secret = DeviceSecret::from_bytes(Zeroizing::new(secret));
    Device::create(Memory(None), Noon, secret, setup)
        .ok()
        .map(System)
}

fn describe(system: &mut System, channels: u64) -> Option<Vec<u8>> {
    let need = [(Identifier::new("channel").ok()?, channels)]
        .into_iter()
        .collect();
    let description = Description::new(Wanted::Activate, "5.8.2", need, hardware()?);
    Some(system.0.describe(description).ok()?.to_json())
}

fn install(system: &mut System, text: &[u8]) -> Option<()> {
    let documents = documents_of_text(core::str::from_utf8(text).ok()?).ok()?;
    system.0.install(&documents, &hardware()?).ok().map(|_| ())
}

/// A new system, or null.
///
/// # Safety
/// `secret` and `root` point to 32 bytes each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn device_create(
    secret: *const [u8; 32],
    root: *const [u8; 32],
) -> *mut System {
    // SAFETY: the caller's promise.
    let system = unsafe { create(*secret, &*root) };
    system.map_or(ptr::null_mut(), |system| Box::into_raw(Box::new(system)))
}

/// Writes a request for some channels to `out`; gives its length, 0 where there is none or it does
/// not fit.
///
/// # Safety
/// `system` comes from `device_create`; `out` has `room` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn device_describe(
    system: *mut System,
    channels: u64,
    out: *mut u8,
    room: usize,
) -> usize {
    // SAFETY: the caller's promise.
    let (system, out) = unsafe { (&mut *system, slice::from_raw_parts_mut(out, room)) };
    match describe(system, channels) {
        Some(request) if request.len() <= room => {
            out[..request.len()].copy_from_slice(&request);
            request.len()
        }
        _ => 0,
    }
}

/// Installs the text of QR codes; gives 1, or 0 where it was refused.
///
/// # Safety
/// `system` comes from `device_create`; `text` has `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn device_install(
    system: *mut System,
    text: *const u8,
    length: usize,
) -> i32 {
    // SAFETY: the caller's promise.
    let (system, text) = unsafe { (&mut *system, slice::from_raw_parts(text, length)) };
    i32::from(install(system, text).is_some())
}
