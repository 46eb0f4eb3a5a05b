# Says who your visitor is, signed with a secret that you share with Aside. Ruby 2.7 or later, no gems.
require "json"
require "openssl"
require "securerandom"

# Makes an assertion. Call it in an endpoint of your own, for the visitor of your own session.
# subject is your id for the visitor: it never changes and is never given to somebody else.
# nonce is what the page was given.
def aside_assertion(subject, email: nil, name: nil, nonce: nil)
  now = Time.now.to_i
  claims = {
    iss: ENV.fetch("ASIDE_TENANT"), aud: ENV.fetch("ASIDE_ORIGIN"), sub: subject,
    iat: now, exp: now + 120, jti: SecureRandom.uuid, nonce: nonce, email: email, name: name
  }.compact
  encode = ->(octets) { [octets].pack("m0").tr("+/", "-_").delete("=") }
  signed = [{ alg: "HS256", typ: "JWT" }, claims].map { |part| encode[part.to_json] }.join(".")
  "#{signed}.#{encode[OpenSSL::HMAC.digest("SHA256", ENV.fetch("ASIDE_SECRET"), signed)]}"
end

# To try it: ruby hs256.rb customer-17 joe@shop.example "Joe Miller"
if $PROGRAM_NAME == __FILE__
  subject, email, name, nonce = ARGV
  puts aside_assertion(subject, email: email, name: name, nonce: nonce)
end
